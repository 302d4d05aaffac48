/// Targets and URLs: a request line has the one, HAR the other.
enum HARURL {
    /// A name and its value.
    struct Pair: Equatable {
        var name: String
        var value: String
    }

    /// The URL of a request; without a Host field the server's address stands for the host.
    static func text(target: String, host: String?, server: String?) -> String {
        guard target.hasPrefix("/") || target == "*" else { return target }
        let authority = [host, server].compactMap { $0 }.first { !$0.isEmpty } ?? "unknown.invalid"
        return "http://\(authority)\(target == "*" ? "" : target)"
    }

    /// Takes a URL apart: the target as it stands in a request line, the authority, and the latter
    /// as an address with a port; `nil` when it has no scheme.
    static func parts(of url: String) -> (target: String, authority: String, address: String)? {
        let url = url.prefix { $0 != "#" }
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            return nil
        }
        let isSecure = ["https", "wss"].contains(url[..<colon].lowercased())
        let rest = url[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let path = rest[end...]
        // User information is no part of a Host field (RFC 9110, section 7.2).
        let authority = String(
            rest[..<end].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        )
        let hasPort = authority.last?.isNumber ?? false && authority.contains(":")
        let address = hasPort ? authority : "\(authority):\(isSecure ? 443 : 80)"
        return (path.hasPrefix("/") ? String(path) : "/" + path, authority, address)
    }

    /// The pairs of a target's query, decoded as forms are.
    static func query(of target: String) -> [Pair] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[mark...].dropFirst().split(separator: "&").map { part in
            let words = part.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            return Pair(name: decoded(words[0]), value: words.count > 1 ? decoded(words[1]) : "")
        }
    }

    /// The pairs of a Cookie field, or of a Set-Cookie field, whose first one is the cookie.
    static func cookies(_ value: String) -> [Pair] {
        value.split(separator: ";").map { part in
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let trimmed = words.map { $0.drop { $0 == " " } }
            return Pair(name: String(trimmed[0]), value: words.count > 1 ? String(words[1]) : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.first != UInt8(ascii: "+")
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
