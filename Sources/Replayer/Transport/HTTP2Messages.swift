import HTTPWire
import NIOHPACK

/// A request as HTTP/2 has it (RFC 9113, section 8.3.1).
struct HTTP2Request {
    /// The fields, pseudo-header fields first.
    private(set) var fields: HPACKHeaders
    /// The body without transfer coding.
    private(set) var body: [UInt8] = []

    /// Fields that mean the connection, and that HTTP/2 has other ways for (RFC 9113, section
    /// 8.2.2); `Host` is in `:authority`, and no body waits to be asked for.
    private static let left = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
        "http2-settings", "host", "expect",
    ]

    /// Takes a request in the form of HTTP/1.1 over; `nil` when it is none.
    init?(_ bytes: [UInt8]) {
        var decoder = RequestDecoder()
        var offset = 0
        guard case .head(let head)? = try? decoder.next(in: bytes.span, at: &offset) else {
            return nil
        }
        fields = Self.fields(of: head)
        while let event = try? decoder.next(in: bytes.span, at: &offset) {
            switch event {
            case .body(let range): body += bytes[range]
            case .end: return
            case .padding, .head, .trailers, .opaque: break
            }
        }
    }

    private static func fields(of head: RequestHead) -> HPACKHeaders {
        let (authority, path) = place(head)
        var fields = HPACKHeaders()
        fields.add(name: ":method", value: head.method)
        fields.add(name: ":scheme", value: "http")
        fields.add(name: ":authority", value: authority)
        fields.add(name: ":path", value: path)
        for index in 0..<head.fields.count {
            let name = head.fields.name(at: index).lowercased()
            let value = head.fields.value(at: index)
            guard !left.contains(name), name != "te" || value == "trailers" else { continue }
            fields.add(name: name, value: value)
        }
        return fields
    }

    /// The authority and the path, which a target in absolute form has both.
    private static func place(_ head: RequestHead) -> (authority: String, path: String) {
        let target = head.target
        let scheme = "http://"
        guard target.prefix(scheme.count).lowercased() == scheme else {
            return (head.fields["host"] ?? "", target)
        }
        let rest = target.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let path = String(rest[end...])
        return (String(rest[..<end]), path.hasPrefix("/") ? path : "/" + path)
    }
}

/// A response in the form of HTTP/1.1, which the rest of the replayer reads.
enum HTTP2Response {
    /// The bytes of the head, and whether a final one is still to come.
    static func head(_ fields: HPACKHeaders) -> (bytes: [UInt8], isInterim: Bool) {
        let status = fields.first(name: ":status") ?? ""
        var text = "HTTP/1.1 \(status) \r\n"
        // Their meaning is that of a connection, and they may not be there (RFC 9113, 8.2.2).
        let left = ["connection", "transfer-encoding", "keep-alive"]
        for (name, value, _) in fields where !name.hasPrefix(":") && !left.contains(name) {
            text += "\(name): \(value)\r\n"
        }
        return (Array((text + "\r\n").utf8), status.hasPrefix("1"))
    }
}
