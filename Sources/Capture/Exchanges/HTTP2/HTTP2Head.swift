internal import HTTPWire
internal import NIOHPACK

/// The heads and trailers of HTTP/2 in the form in which a trace keeps them: the lines that they
/// would be in HTTP/1, with the version `HTTP/2`.
///
/// The authority becomes the field `host`, and the parts of a cookie are put together, as RFC 9113
/// asks of whoever hands a message on to HTTP/1.1 (sections 8.2.3 and 8.3.1).
enum HTTP2Head {
    /// The head of a request and its method; `nil` when the fields are none (RFC 9113, 8.3.1).
    static func request(_ fields: HPACKHeaders) -> (bytes: [UInt8], method: AnsweredMethod)? {
        let authority = fields.first(name: ":authority")
        guard let method = fields.first(name: ":method"), isWord(method) else { return nil }
        // CONNECT has no path, unless it asks for another protocol (RFC 8441).
        let path = fields.first(name: ":path")
        guard let target = method == "CONNECT" ? path ?? authority : path, isWord(target),
            let lines = lines(of: fields, host: authority)
        else { return nil }
        let answered: AnsweredMethod =
            switch method {
            case "HEAD": .head
            case "CONNECT": .connect
            default: .other
            }
        return (Array("\(method) \(target) HTTP/2\r\n".utf8) + lines + Array("\r\n".utf8), answered)
    }

    /// The head of a response and its status; `nil` when the fields are none (RFC 9113, 8.3.2).
    static func response(_ fields: HPACKHeaders) -> (bytes: [UInt8], status: UInt16)? {
        guard let text = fields.first(name: ":status"), text.utf8.count == 3,
            let status = UInt16(text), status >= 100, let lines = lines(of: fields, host: nil)
        else { return nil }
        return (Array("HTTP/2 \(status)\r\n".utf8) + lines + Array("\r\n".utf8), status)
    }

    /// The lines of a trailer section; `nil` when the fields can't stand in one.
    static func trailers(_ fields: HPACKHeaders) -> [UInt8]? { lines(of: fields, host: nil) }

    private static func lines(of fields: HPACKHeaders, host: String?) -> [UInt8]? {
        var bytes: [UInt8] = []
        if let host {
            guard isWord(host) else { return nil }
            bytes += "host: \(host)\r\n".utf8
        }
        var cookies: [String]? = fields["cookie"]
        for (name, value, _) in fields where !name.hasPrefix(":") {
            if name == "host", host != nil { continue }
            guard isName(name), isValue(value) else { return nil }
            guard name == "cookie" else {
                bytes += "\(name): \(value)\r\n".utf8
                continue
            }
            guard let parts = cookies else { continue }
            cookies = nil
            guard parts.allSatisfy(isValue) else { return nil }
            bytes += "cookie: \(parts.joined(separator: "; "))\r\n".utf8
        }
        return bytes
    }

    /// Whether a text can stand between the spaces of a start line.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func isName(_ text: String) -> Bool {
        isWord(text) && !text.utf8.contains(UInt8(ascii: ":"))
    }

    /// Nothing in a value may end its line (RFC 9113, section 8.2.1).
    private static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    }
}
