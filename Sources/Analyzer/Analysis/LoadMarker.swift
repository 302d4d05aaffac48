/// What a field of an answer says of the load of its module, where a server or a proxy in front of it sets
/// one.
enum LoadMarker: UInt8, Equatable {
    /// The module was in memory.
    case hit
    /// It was loaded, nobody says how.
    case load
    /// It was compiled.
    case compiled
    /// It was read from an artifact that was compiled before.
    case artifact

    /// Reads the value of the field; `nil` for one that says nothing known.
    init?(_ value: String) {
        switch value.lowercased() {
        case "hit", "warm", "false", "no", "0": self = .hit
        case "cold", "miss", "load", "true", "yes", "1": self = .load
        case "compile", "compiled": self = .compiled
        case "aot", "artifact": self = .artifact
        default: return nil
        }
    }

    /// What the load had to do; `nil` without one, and where that is not said.
    var tier: LoadTier? {
        switch self {
        case .hit, .load: nil
        case .compiled: .compiled
        case .artifact: .artifact
        }
    }
}
