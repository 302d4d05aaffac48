/// The group that a request is reported under, told from its target alone.
///
/// | target's path | route | who answers |
/// | --- | --- | --- |
/// | `/run/<module>…` | `/run/<module>` | module `<module>` |
/// | `/tenant/<id>/<module>…` | `/tenant/<id>/<module>` | module `<id>/<module>` |
/// | `/script/<name>…` | `/script/<name>` | script `<name>` |
/// | `/static/…`, `/health`, `/metrics`, any other | its first segment, as in `/static` | the server |
/// | none (`*`, an authority, nothing) | `other` | the server |
///
/// The query is cut off, and the scheme and authority of an absolute target are. Module and
/// tenant names are percent-decoded, as mik decodes them, unless that would show a slash or a
/// control character. Names are otherwise compared as they are, case included.
public struct Route: Hashable, Sendable {
    /// Who answers a request.
    public enum Handler: Hashable, Sendable {
        /// A WASM module, which has a temperature, under the name that `x-mik-handler` would show.
        case module(String)
        /// A script, which builds its runtime for every request and so is never warm or cold.
        case script(String)
        /// The server itself.
        case server
    }

    /// The name in reports.
    public let name: String
    /// Who answers requests of this route.
    public let handler: Handler

    /// The route of a request target as it stands in a request line.
    public init(target: String) {
        let path = Route.path(of: target)
        guard path.first == "/" else {
            name = "other"
            handler = .server
            return
        }
        let segments = path.dropFirst().split(
            separator: "/",
            maxSplits: 3,
            omittingEmptySubsequences: false
        )
        let names = segments.dropFirst().prefix { !$0.isEmpty }
        switch (segments.first, names.first, names.dropFirst().first) {
        case ("run", let module?, _):
            let module = Route.decoded(module)
            name = "/run/\(module)"
            handler = .module(module)
        case ("tenant", let tenant?, let module?):
            let module = "\(Route.decoded(tenant))/\(Route.decoded(module))"
            name = "/tenant/\(module)"
            handler = .module(module)
        case ("script", let script?, _):
            let script = String(script).printable
            name = "/script/\(script)"
            handler = .script(script)
        default:
            name = "/" + String(segments.first ?? "").printable
            handler = .server
        }
    }

    /// How many segments of a path decide on its route, by the first of them.
    static func segmentCount(behind first: Span<UInt8>) -> Int {
        if isEqual(first, "tenant") { return 3 }
        return isEqual(first, "run") || isEqual(first, "script") ? 2 : 1
    }

    private static func isEqual(_ bytes: Span<UInt8>, _ name: String) -> Bool {
        let name = name.utf8.span
        guard bytes.count == name.count else { return false }
        for offset in name.indices where bytes[offset] != name[offset] { return false }
        return true
    }

    /// How many segments of the path are in the name.
    var segmentCount: Int {
        switch handler {
        case .module: name.hasPrefix("/tenant/") ? 3 : 2
        case .script: 2
        case .server: 1
        }
    }

    /// The path of an origin-form or absolute-form target (RFC 9112, section 3.2).
    static func path(of target: String) -> Substring {
        let uncut = target.prefix { $0 != "?" && $0 != "#" }
        guard uncut.first != "/", let colon = uncut.firstIndex(of: ":"),
            uncut[colon...].hasPrefix("://")
        else { return uncut }
        let afterScheme = uncut[colon...].dropFirst(3)
        return afterScheme.firstIndex(of: "/").map { afterScheme[$0...] } ?? "/"
    }

    /// A name without percent-encoding, or as it was if what it hides cannot be shown.
    private static func decoded(_ name: Substring) -> String {
        guard name.utf8.contains(UInt8(ascii: "%")) else { return String(name).printable }
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.prefix(2).first != UInt8(ascii: "+")
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("/"),
            text.unicodeScalars.allSatisfy(\.isPrintable)
        else { return String(name).printable }
        return text
    }
}
