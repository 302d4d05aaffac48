/// The version in a start line.
///
/// Minor versions above 1 are read as 1.1 (RFC 9110, section 2.5).
public enum HTTPVersion: Equatable, Sendable {
    /// HTTP/1.0.
    case http1_0
    /// HTTP/1.1 or a later minor version.
    case http1_1
}

/// The head of a request, byte for byte and with its parts found.
public struct RequestHead: Equatable, Sendable {
    /// The version of the message.
    public let version: HTTPVersion
    /// The field lines.
    public let fields: HeaderFields
    /// Where the method stands in `bytes`.
    public let methodRange: Range<Int>
    /// Where the request target stands in `bytes`.
    public let targetRange: Range<Int>

    init(
        version: HTTPVersion,
        fields: HeaderFields,
        methodRange: Range<Int>,
        targetRange: Range<Int>
    ) {
        self.version = version
        self.fields = fields
        self.methodRange = methodRange
        self.targetRange = targetRange
    }

    /// Takes a head apart that is there by itself; `nil` when the bytes are not one whole head.
    ///
    /// - Parameter bytes: The head, from the request line to the empty line that ends it.
    public init?(_ bytes: [UInt8]) {
        var scanner = HeadScanner()
        guard scanner.findEnd(in: bytes.span, from: 0) == bytes.count,
            let head = try? HeadParser.parseRequest(bytes),
            (try? BodyFraming(of: head)) != nil
        else { return nil }
        self = head
    }

    /// The whole head, from the request line to the empty line that ends it, both included.
    public var bytes: [UInt8] { fields.bytes }
    /// The method as it was written; methods are case-sensitive.
    public var method: String { String(decoding: bytes[methodRange], as: UTF8.self) }
    /// The request target as it was written; bytes that are not UTF-8 show as U+FFFD.
    public var target: String { String(decoding: bytes[targetRange], as: UTF8.self) }

    /// What the response must know of its request to be framed (RFC 9112, section 6.3).
    public var answeredMethod: AnsweredMethod {
        if bytes.span.has("HEAD ", at: 0) { return .head }
        return bytes.span.has("CONNECT ", at: 0) ? .connect : .other
    }

    /// Whether the request asks to leave HTTP, so that what follows may not be HTTP: CONNECT, or
    /// an `Upgrade` that the `Connection` field names (RFC 9110, sections 7.8, 9.3.6).
    ///
    /// In an HTTP/1.0 request `Upgrade` means nothing.
    public var asksToLeaveHTTP: Bool {
        answeredMethod == .connect
            || version == .http1_1 && fields.firstIndex(of: "upgrade") != nil
                && fields.hasElement("upgrade", in: "connection")
    }

    /// Whether the request offers to go on with HTTP/2 (RFC 7540, section 3.2).
    public var offersHTTP2: Bool {
        asksToLeaveHTTP && answeredMethod != .connect && fields.hasElement("h2c", in: "upgrade")
    }

    /// Whether the sender lets the connection live on after the answer (RFC 9112, section 9.3).
    public var keepsConnectionAlive: Bool { fields.keepConnectionAlive(in: version) }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110, 10.1.1).
    public var expectsContinue: Bool {
        version == .http1_1 && fields.hasElement("100-continue", in: "expect")
    }
}

/// The head of a response, byte for byte and with its parts found.
public struct ResponseHead: Equatable, Sendable {
    /// The version of the message.
    public let version: HTTPVersion
    /// The status code, 100 to 999.
    public let status: UInt16
    /// The field lines.
    public let fields: HeaderFields

    init(version: HTTPVersion, status: UInt16, fields: HeaderFields) {
        self.version = version
        self.status = status
        self.fields = fields
    }

    /// Takes a head apart that is there by itself; `nil` when the bytes are not one whole head.
    ///
    /// - Parameter bytes: The head, from the status line to the empty line that ends it.
    public init?(_ bytes: [UInt8]) {
        var scanner = HeadScanner()
        guard scanner.findEnd(in: bytes.span, from: 0) == bytes.count,
            let head = try? HeadParser.parseResponse(bytes)
        else { return nil }
        self = head
    }

    /// The whole head, from the status line to the empty line that ends it, both included.
    public var bytes: [UInt8] { fields.bytes }

    /// Whether the sender lets the connection live on after this message (RFC 9112, section 9.3).
    public var keepsConnectionAlive: Bool { fields.keepConnectionAlive(in: version) }
}

extension HeaderFields {
    /// Whether a message of this version lets its connection live on (RFC 9112, section 9.3).
    fileprivate func keepConnectionAlive(in version: HTTPVersion) -> Bool {
        !hasElement("close", in: "connection")
            && (version == .http1_1 || hasElement("keep-alive", in: "connection"))
    }
}

/// The kinds of request method that change how their response is framed.
public enum AnsweredMethod: Equatable, Sendable {
    /// HEAD: the response has no body, whatever its fields say.
    case head
    /// CONNECT: a 2xx response turns the connection into a tunnel.
    case connect
    /// Any other method.
    case other
}
