/// How much of the records of a trace is read: decoding what nobody looks at takes time.
///
/// Files of version 1 are read whole whatever is asked for.
public enum ReadingDepth: Sendable {
    /// Everything.
    case whole
    /// Everything but the heads and trailers of responses and the interim responses, which are
    /// empty then.
    case requests
    /// Connections, times, statuses and endings; of the head of a request the method and the space
    /// behind it, perhaps more; nothing of bodies, trailers and heads of responses, which are empty.
    case outline

    /// What is read of requests.
    var ofRequests: MessageParts { self == .outline ? .beginning : .all }

    /// What is read of responses.
    var ofResponses: MessageParts {
        switch self {
        case .whole: .all
        case .requests: .body
        case .outline: .nothing
        }
    }
}

/// What is read of messages.
enum MessageParts {
    /// Head, body and trailers.
    case all
    /// The body alone.
    case body
    /// The beginning of the head alone.
    case beginning
    /// Not even that.
    case nothing

    /// Whether bodies are read.
    var includesBody: Bool { self == .all || self == .body }
}
