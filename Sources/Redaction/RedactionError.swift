/// Why a redaction can't be set up.
public enum RedactionError: Error, Equatable, Sendable {
    /// The text can't be the name of a field.
    case invalidFieldName(String)
    /// The field frames the message: another value would make nonsense of what follows.
    case framingField(String)
    /// A parameter of a query has a name.
    case emptyQueryName
    /// The text is no path into JSON.
    case invalidJSONPath(String, reason: String)
    /// Too few bytes, from which the placeholders could be reversed by guessing.
    case shortKey(byteCount: Int)
}

extension RedactionError: CustomStringConvertible {
    /// One sentence that says what is wrong and where.
    public var description: String {
        switch self {
        case .invalidFieldName(let name): "'\(name)' can't be the name of a field"
        case .framingField(let name):
            "the field '\(name)' can't be redacted: it says where the message ends, or what follows"
        case .emptyQueryName: "the name of a query parameter is empty"
        case .invalidJSONPath(let path, let reason): "the JSON path '\(path)' is wrong: \(reason)"
        case .shortKey(let byteCount):
            "a redaction key needs at least \(RedactionKey.leastByteCount) bytes, not \(byteCount)"
        }
    }
}
