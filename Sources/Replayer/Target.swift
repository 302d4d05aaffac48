/// The server that a replay is aimed at: an `http` URL without a path.
public struct Target: Equatable, Sendable {
    /// The host: a name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// The port.
    public var port: Int

    /// The value of the `Host` field: as given, the port left out when it is 80.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 80 ? name : "\(name):\(port)"
    }

    /// The URL.
    public var url: String { "http://\(authority)" }

    /// Makes a target from its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `http://host[:port][/]`.
    ///
    /// - Throws: `ReplayError.unusableTarget` with the reason.
    public init(url: String) throws(ReplayError) {
        func unusable(_ reason: String) -> ReplayError { .unusableTarget(url: url, reason: reason) }
        let scheme = "http://"
        guard !url.lowercased().hasPrefix("https://") else {
            throw unusable("https targets are not supported yet")
        }
        guard url.lowercased().hasPrefix(scheme) else {
            throw unusable("a target starts with http://")
        }
        var authority = url.dropFirst(scheme.count)
        if authority.hasSuffix("/") { authority.removeLast() }
        guard !authority.contains(where: { "/?#@".contains($0) || $0.isWhitespace }) else {
            throw unusable("a target is a host and a port, without a path or a user")
        }
        let (host, port) = try Self.split(authority, unusable)
        guard !host.isEmpty else { throw unusable("the host is missing") }
        self.init(host: host, port: port)
    }

    /// Splits `host:port`, `[v6]:port`, or a host alone.
    private static func split(
        _ authority: Substring,
        _ unusable: (String) -> ReplayError
    ) throws(ReplayError) -> (host: String, port: Int) {
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else {
                throw unusable("the closing bracket of the IPv6 address is missing")
            }
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let rest = authority[authority.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw unusable("after the IPv6 address only a port may follow")
            }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
            guard portText?.contains(":") == false else {
                throw unusable("an IPv6 address stands in brackets: http://[::1]:3000")
            }
        }
        guard let portText else { return (String(host), 80) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw unusable("the port is not a number from 1 to 65535")
        }
        return (String(host), port)
    }
}
