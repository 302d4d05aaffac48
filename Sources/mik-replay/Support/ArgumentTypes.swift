import Analyzer
import ArgumentParser
import Replayer

/// A length of time with its unit: `30s`, `250ms`, `5m`, `1h`, `100us`.
struct DurationArgument: ExpressibleByArgument {
    let nanoseconds: Int64

    init?(argument: String) {
        guard let nanoseconds = TimeUnit.nanoseconds(parsing: argument) else { return nil }
        self.nanoseconds = nanoseconds
    }
}

/// A field that is set in every request: `Name: value`.
struct FieldArgument: ExpressibleByArgument {
    let edit: FieldEdit

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        let name = String(argument[..<colon])
        let value = argument[argument.index(after: colon)...].drop { $0 == " " }
        guard FieldNameArgument(argument: name) != nil,
            value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { return nil }
        edit = .set(name: name, value: String(value))
    }
}

/// The name of a field that may be changed.
struct FieldNameArgument: ExpressibleByArgument {
    let name: String

    init?(argument: String) {
        let isToken = argument.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }
        // These two frame the message: another value would make nonsense of what follows.
        let framing = ["content-length", "transfer-encoding"]
        guard isToken, !argument.isEmpty, !framing.contains(argument.lowercased()) else {
            return nil
        }
        name = argument
    }
}

/// A server to aim at: `http://host:port`.
struct TargetArgument {
    let target: Target

    /// Reads the URL; what is wrong with it is the message of the `ValidationError`.
    init(parsing url: String) throws {
        do {
            target = try Target(url: url)
        } catch .unusableTarget(_, let reason) {
            throw ValidationError(reason)
        }
    }

    /// The default: where mik listens.
    static let standard = TargetArgument(target: Target(host: "127.0.0.1", port: 3000))

    private init(target: Target) {
        self.target = target
    }
}

extension DurationArgument {
    /// The usual time limit of a request.
    static let thirtySeconds = DurationArgument(nanoseconds: 30_000_000_000)
    /// The usual time between two looks.
    static let oneSecond = DurationArgument(nanoseconds: 1_000_000_000)

    init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The duration as it would be given on the command line.
    var text: String {
        let unit = TimeUnit.all.last { nanoseconds % $0.nanoseconds == 0 }
        return unit.map { "\(nanoseconds / $0.nanoseconds)\($0.suffix)" } ?? ""
    }

    var defaultValueDescription: String { text }
}
