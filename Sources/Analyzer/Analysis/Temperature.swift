/// Whether a module had to be loaded for a request.
public enum Temperature: UInt8, CaseIterable, Sendable {
    /// It made the server load the module, or is taken to have done so.
    case cold
    /// Sent before the first answer of a load had ended: it loaded too, or waited.
    case shadow
    /// Answered 429 while the module was loading: the load held the permits.
    case refused
    /// The module was in memory.
    case warm
    /// It did not get as far as the module, or nothing says which of the others it is.
    case unknown
    /// A script answered, which builds its runtime every time and is never warm.
    case script

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .cold: "cold"
        case .shadow: "shadow"
        case .refused: "cold-429"
        case .warm: "warm"
        case .unknown: "unknown"
        case .script: "script"
        }
    }

    /// Whether the request paid for a load.
    var isLoading: Bool { self == .cold || self == .shadow }
}

/// What a label rests on.
public enum LabelEvidence: UInt8, CaseIterable, Sendable {
    /// The server says so: its log, its list of the modules in memory, or the answer itself.
    case observed
    /// It follows from what this run shows: times, answers, the sizes of modules.
    case inferred
    /// It takes something for granted that the run does not show, such as a fresh start.
    case assumed

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .observed: "observed"
        case .inferred: "inferred"
        case .assumed: "assumed"
        }
    }
}

/// What the load of a module had to do.
public enum LoadTier: UInt8, CaseIterable, Sendable {
    /// Compile the module, because no artifact of it was on the disk.
    case compiled
    /// Read an artifact that was compiled before.
    case artifact
    /// It is not known which; or nothing was loaded.
    case unknown

    /// The name used in JSON and in reports.
    public var name: String {
        switch self {
        case .compiled: "compiled"
        case .artifact: "artifact"
        case .unknown: "unknown"
        }
    }
}

/// A request's temperature with what it rests on.
struct TemperatureLabel: Equatable {
    let temperature: Temperature
    let evidence: LabelEvidence
    var tier = LoadTier.unknown
    /// Whether its time denies what had to be: a first use as fast as later ones.
    var isContradicted = false
}
