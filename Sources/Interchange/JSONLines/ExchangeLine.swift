/// The members of one line, as `docs/interchange.md` describes them.
///
/// What the contract asks for is not optional; everything else is there only to give back the very
/// trace that was exported.
struct ExchangeLine: Decodable {
    let record: UInt64?
    let connection: Connection
    let sequence: UInt64
    let request: Request
    let response: Response?
    let interim: [Interim]?
    let times: Times
    let end: String
    let upstream: Upstream?
    let connectionsBefore: Events?
    let connectionsAfter: Events?
    let trace: Trace?

    enum CodingKeys: String, CodingKey {
        case record, connection, sequence, request, response, interim, end, trace
        case times = "times_ns"
        case upstream = "upstream_ns"
        case connectionsBefore = "connections_before"
        case connectionsAfter = "connections_after"
    }

    struct Connection: Decodable {
        let id: UInt64
        let client: String
        let server: String
        let openedTime: Int64?

        enum CodingKeys: String, CodingKey {
            case id, client, server
            case openedTime = "opened_ns"
        }
    }

    struct Request: Decodable {
        let method: String
        let target: String
        let version: String
        let message: Message

        enum CodingKeys: CodingKey { case method, target, version }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            method = try members.decode(String.self, forKey: .method)
            target = try members.decode(String.self, forKey: .target)
            version = try members.decode(String.self, forKey: .version)
            message = try Message(from: decoder)
        }
    }

    struct Response: Decodable {
        let line: StatusLine
        let message: Message

        init(from decoder: any Decoder) throws {
            line = try StatusLine(from: decoder)
            message = try Message(from: decoder)
        }
    }

    struct Interim: Decodable {
        let line: StatusLine
        let fields: Fields
        let time: Int64

        enum CodingKeys: String, CodingKey { case time = "time_ns" }

        init(from decoder: any Decoder) throws {
            line = try StatusLine(from: decoder)
            fields = try Fields(from: decoder)
            time = try decoder.container(keyedBy: CodingKeys.self).decode(Int64.self, forKey: .time)
        }
    }

    struct StatusLine: Decodable {
        let status: UInt16
        let version: String
        let reason: String?
    }

    /// The field lines of a head, and its bytes where these don't follow from the parts.
    struct Fields: Decodable {
        let headers: [[String]]
        let exactHead: String?

        enum CodingKeys: String, CodingKey {
            case headers
            case exactHead = "head_base64"
        }
    }

    struct Message: Decodable {
        let fields: Fields
        let bodyLength: UInt64?
        let body: String?
        let bodyWireLength: UInt64?
        let bodyFingerprint: String?
        let trailers: String?
        let isComplete: Bool

        enum CodingKeys: String, CodingKey {
            case bodyLength = "body_length"
            case body = "body_base64"
            case bodyWireLength = "body_wire_length"
            case bodyFingerprint = "body_fingerprint"
            case trailers = "trailers_base64"
            case isComplete = "complete"
        }

        init(from decoder: any Decoder) throws {
            fields = try Fields(from: decoder)
            let members = try decoder.container(keyedBy: CodingKeys.self)
            bodyLength = try members.decodeIfPresent(UInt64.self, forKey: .bodyLength)
            body = try members.decodeIfPresent(String.self, forKey: .body)
            bodyWireLength = try members.decodeIfPresent(UInt64.self, forKey: .bodyWireLength)
            bodyFingerprint = try members.decodeIfPresent(String.self, forKey: .bodyFingerprint)
            trailers = try members.decodeIfPresent(String.self, forKey: .trailers)
            isComplete = try members.decode(Bool.self, forKey: .isComplete)
        }
    }

    struct Times: Decodable {
        let requestFirst: Int64
        let requestLast: Int64
        let responseFirst: Int64?
        let responseLast: Int64?

        enum CodingKeys: String, CodingKey {
            case requestFirst = "request_first"
            case requestLast = "request_last"
            case responseFirst = "response_first"
            case responseLast = "response_last"
        }
    }

    struct Upstream: Decodable {
        let requestFirst: Int64?
        let responseFirst: Int64?
        let responseLast: Int64?

        enum CodingKeys: String, CodingKey {
            case requestFirst = "request_first"
            case responseFirst = "response_first"
            case responseLast = "response_last"
        }
    }

    struct Events: Decodable {
        let opened: [Opened]
        let closed: [Closed]
    }

    struct Opened: Decodable {
        let record: UInt64?
        let id: UInt64
        let client: String
        let server: String
        let time: Int64?

        enum CodingKeys: String, CodingKey {
            case record, id, client, server
            case time = "time_ns"
        }
    }

    struct Closed: Decodable {
        let record: UInt64?
        let id: UInt64
        let time: Int64
        let by: String

        enum CodingKeys: String, CodingKey {
            case record, id, by
            case time = "time_ns"
        }
    }

    /// What the trace says of itself; lists, so that their order comes back too.
    struct Trace: Decodable {
        let epoch: Int64
        let source: String
        let bodies: String
        let clock: String?
        let redaction: String?
        let notes: [[String]]
        let ledger: [Count]?

        enum CodingKeys: String, CodingKey {
            case source, bodies, clock, redaction, notes, ledger
            case epoch = "epoch_unix_ns"
        }
    }

    struct Count: Decodable {
        let group: String
        let counter: String
        let count: UInt64
    }
}
