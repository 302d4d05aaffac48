/// Where the packets of a recording come from.
public enum PacketSource: Equatable, Sendable {
    /// A capture file.
    case file(String)
    /// A capture on standard input.
    case standardInput

    /// The source behind the command line's word for it; `-` is standard input.
    public init(_ argument: String) {
        self = argument == "-" ? .standardInput : .file(argument)
    }

    /// The file's path; `nil` for standard input.
    var path: String? {
        switch self {
        case .file(let path): path
        case .standardInput: nil
        }
    }

    /// What it is called in messages.
    var name: String { path ?? "standard input" }
}
