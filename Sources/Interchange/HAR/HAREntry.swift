/// The members of an entry of HAR 1.2 that a trace is made of, and those that `HARExporter` adds.
struct HAREntry: Decodable {
    let startedDateTime: String
    let time: Double?
    let request: Request
    let response: Response
    let timings: Timings?
    let serverIPAddress: String?
    let connection: String?
    let client: String?
    let server: String?
    let end: String?
    let exactTimes: ExchangeLine.Times?

    enum CodingKeys: String, CodingKey {
        case startedDateTime, time, request, response, timings, serverIPAddress, connection
        case client = "_client"
        case server = "_server"
        case end = "_end"
        case exactTimes = "_times_ns"
    }

    struct Pair: Decodable {
        let name: String
        let value: String
    }

    struct Request: Decodable {
        let method: String
        let url: String
        let httpVersion: String?
        let headers: [Pair]
        let postData: PostData?
        let bodySize: Int64?
        let target: String?
        let extras: Extras

        enum CodingKeys: String, CodingKey {
            case method, url, httpVersion, headers, postData, bodySize
            case target = "_target"
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            method = try members.decode(String.self, forKey: .method)
            url = try members.decode(String.self, forKey: .url)
            httpVersion = try members.decodeIfPresent(String.self, forKey: .httpVersion)
            headers = try members.decode([Pair].self, forKey: .headers)
            postData = try members.decodeIfPresent(PostData.self, forKey: .postData)
            bodySize = try members.decodeIfPresent(Int64.self, forKey: .bodySize)
            target = try members.decodeIfPresent(String.self, forKey: .target)
            extras = try Extras(from: decoder)
        }
    }

    struct Response: Decodable {
        let status: UInt16
        let statusText: String?
        let httpVersion: String?
        let headers: [Pair]
        let content: Content?
        let bodySize: Int64?
        let extras: Extras

        enum CodingKeys: CodingKey {
            case status, statusText, httpVersion, headers, content, bodySize
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            status = try members.decode(UInt16.self, forKey: .status)
            statusText = try members.decodeIfPresent(String.self, forKey: .statusText)
            httpVersion = try members.decodeIfPresent(String.self, forKey: .httpVersion)
            headers = try members.decode([Pair].self, forKey: .headers)
            content = try members.decodeIfPresent(Content.self, forKey: .content)
            bodySize = try members.decodeIfPresent(Int64.self, forKey: .bodySize)
            extras = try Extras(from: decoder)
        }
    }

    /// The members that only our own export has.
    struct Extras: Decodable {
        let isComplete: Bool?
        let wireSize: UInt64?
        let fingerprint: String?

        enum CodingKeys: String, CodingKey {
            case isComplete = "_complete"
            case wireSize = "_wireSize"
            case fingerprint = "_fingerprint"
        }
    }

    struct PostData: Decodable {
        let text: String?
        let encoding: String?

        enum CodingKeys: String, CodingKey {
            case text
            case encoding = "_encoding"
        }
    }

    struct Content: Decodable {
        let size: Int64?
        let text: String?
        let encoding: String?
    }

    struct Timings: Decodable {
        let blocked: Double?
        let dns: Double?
        let connect: Double?
        let send: Double?
        let wait: Double?
        let receive: Double?
    }
}
