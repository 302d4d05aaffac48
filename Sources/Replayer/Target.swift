/// The server that a replay is aimed at: an `http` or `https` URL without a path, or a socket of
/// this machine.
public struct Target: Equatable, Sendable {
    /// The host: a name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// The port.
    public var port: Int
    /// Whether its connections are encrypted (`https`).
    public var isEncrypted = false
    /// The path of a unix socket, which takes the place of host and port.
    public var socketPath: String?

    /// The value of the `Host` field: as given, the port left out when it is the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == Self.usualPort(isEncrypted: isEncrypted) ? name : "\(name):\(port)"
    }

    /// The URL.
    public var url: String {
        socketPath.map { "unix://\($0)" } ?? "http\(isEncrypted ? "s" : "")://\(authority)"
    }

    private static func usualPort(isEncrypted: Bool) -> Int { isEncrypted ? 443 : 80 }

    /// Makes a target from its parts.
    public init(host: String, port: Int, isEncrypted: Bool = false) {
        self.host = host
        self.port = port
        self.isEncrypted = isEncrypted
    }

    /// Makes a target of a unix socket; its requests name the host `localhost`.
    public init(socketPath: String) {
        self.init(host: "localhost", port: 80)
        self.socketPath = socketPath
    }

    /// Reads `http://host[:port][/]`, the same with `https`, or `unix:///path`.
    ///
    /// - Throws: `ReplayError.unusableTarget` with the reason.
    public init(url: String) throws(ReplayError) {
        func unusable(_ reason: String) -> ReplayError { .unusableTarget(url: url, reason: reason) }
        let unix = "unix://"
        if url.lowercased().hasPrefix(unix) {
            let path = url.dropFirst(unix.count)
            // The system's limit for the path of a socket (unix(7)), with the byte that ends it.
            guard path.hasPrefix("/"), path.utf8.count < 108 else {
                throw unusable("a unix socket has an absolute path of at most 107 bytes")
            }
            self.init(socketPath: String(path))
            return
        }
        guard let scheme = ["http://", "https://"].first(where: url.lowercased().hasPrefix) else {
            throw unusable("a target starts with http://, https:// or unix://")
        }
        let isEncrypted = scheme == "https://"
        var authority = url.dropFirst(scheme.count)
        if authority.hasSuffix("/") { authority.removeLast() }
        guard !authority.contains(where: { "/?#@".contains($0) || $0.isWhitespace }) else {
            throw unusable("a target is a host and a port, without a path or a user")
        }
        let (host, port) = try Self.split(authority, unusable)
        guard !host.isEmpty else { throw unusable("the host is missing") }
        self.init(
            host: host,
            port: port ?? Self.usualPort(isEncrypted: isEncrypted),
            isEncrypted: isEncrypted
        )
    }

    /// Splits `host:port`, `[v6]:port`, or a host alone.
    private static func split(
        _ authority: Substring,
        _ unusable: (String) -> ReplayError
    ) throws(ReplayError) -> (host: String, port: Int?) {
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
        guard let portText else { return (String(host), nil) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw unusable("the port is not a number from 1 to 65535")
        }
        return (String(host), port)
    }
}
