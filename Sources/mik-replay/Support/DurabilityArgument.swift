import ArgumentParser
import TraceFormat

/// When the system has to put on the disk what was written: `system`, `block`, or a time.
struct DurabilityArgument: ExpressibleByArgument {
    let durability: Durability

    init?(argument: String) {
        switch argument {
        case "system": durability = .system
        case "block": durability = .block
        default:
            guard let time = DurationArgument(argument: argument) else { return nil }
            durability = .interval(nanoseconds: time.nanoseconds)
        }
    }

    private init(_ durability: Durability) {
        self.durability = durability
    }

    /// The system decides.
    static let system = DurabilityArgument(.system)

    var defaultValueDescription: String { "system" }
}
