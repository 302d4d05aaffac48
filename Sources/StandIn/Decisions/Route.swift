/// What a request target asks for, in mik's order of matching.
///
/// Matching is on the raw bytes of the path: case-sensitive, nothing decoded or normalised first.
enum Route: Equatable {
    case health(verbose: Bool)
    case metrics
    case pathTooLong(byteCount: Int)
    case bodyTooLong(byteCount: Int)
    case staticFile(path: String)
    case schema(name: String)
    case script(name: String)
    case tenantModule(ModuleKey)
    case tenantPathTooShort
    case module(ModuleKey)
    case moduleMissing
    /// The rest of a `/run` path does not parse as a URI once decoded, or there is no Host.
    case undeliverable
    case unknown

    /// The longest path in bytes, query not counted.
    static let pathLimit = 4096

    init(of request: RequestFacts, bodyLimit: Int) {
        let (path, query) = splitTarget(request.target)
        if path == "/health" {
            self = .health(verbose: query.map(asksForVerbose) ?? false)
        } else if path == "/metrics" {
            self = .metrics
        } else if path.utf8.count > Self.pathLimit {
            self = .pathTooLong(byteCount: path.utf8.count)
        } else if let byteCount = request.contentLength, byteCount > bodyLimit {
            self = .bodyTooLong(byteCount: byteCount)
        } else if let rest = path.rest(after: "/static/") {
            self = .staticFile(path: String(rest))
        } else if let rest = path.rest(after: "/openapi/") {
            self = .schema(name: String(rest))
        } else if let rest = path.rest(after: "/script/") {
            self = .script(name: String(rest.upToSlash))
        } else if let rest = path.rest(after: "/tenant/") {
            self = Self.tenantRoute(rest, hasHost: request.hasHost)
        } else if let rest = path.rest(after: "/run/") {
            self = Self.moduleRoute(rest, hasHost: request.hasHost)
        } else {
            self = .unknown
        }
    }

    /// Tells the tenant and the module apart; empty segments do not count.
    private static func tenantRoute(_ rest: Substring, hasHost: Bool) -> Route {
        let segments = rest.split(separator: "/", omittingEmptySubsequences: true)
        guard segments.count >= 2 else { return .tenantPathTooShort }
        guard hasHost else { return .undeliverable }
        return .tenantModule(
            ModuleKey(percentDecoded(segments[1]).text, tenant: percentDecoded(segments[0]).text)
        )
    }

    /// Takes the module's name and checks that what follows it could be handed on.
    private static func moduleRoute(_ rest: Substring, hasHost: Bool) -> Route {
        let name = rest.upToSlash
        guard !name.isEmpty else { return .moduleMissing }
        let path = percentDecoded(rest[name.endIndex...])
        guard hasHost, parsesAsTarget(path) else { return .undeliverable }
        return .module(ModuleKey(percentDecoded(name).text))
    }
}

/// The path and the query of a request target in origin-form or absolute-form.
private func splitTarget(_ target: String) -> (path: Substring, query: Substring?) {
    var rest = target[...]
    if rest.utf8.first != UInt8(ascii: "/"), let scheme = rest.firstRange(of: "://") {
        let authority = rest[scheme.upperBound...]
        guard let slash = authority.firstIndex(of: "/") else { return ("/", nil) }
        rest = authority[slash...]
    }
    guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
    return (rest[..<mark], rest[rest.utf8.index(after: mark)...])
}

/// Whether a query of `/health` asks for the list of loaded modules.
private func asksForVerbose(_ query: Substring) -> Bool {
    query.split(separator: "&").contains { $0 == "verbose=true" || $0 == "verbose=1" }
}

/// Replaces each `%` and two hexadecimal digits by their byte; a `%` without digits stays.
private func percentDecoded(_ text: Substring) -> [UInt8] {
    let source = Array(text.utf8)
    guard source.contains(UInt8(ascii: "%")) else { return source }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(source.count)
    var position = 0
    while position < source.count {
        if source[position] == UInt8(ascii: "%"), position + 2 < source.count,
            let high = source[position + 1].hexadecimalValue,
            let low = source[position + 2].hexadecimalValue
        {
            decoded.append(high << 4 | low)
            position += 3
        } else {
            decoded.append(source[position])
            position += 1
        }
    }
    return decoded
}

/// Whether decoded bytes are legal again in a request target, as mik's URI library sees it.
///
/// A decoded space, control character, `<`, `>` or `` ` `` is not; a decoded `#` cuts the rest off.
private func parsesAsTarget(_ bytes: [UInt8]) -> Bool {
    bytes.prefix { $0 != UInt8(ascii: "#") }.allSatisfy { byte in
        byte > UInt8(ascii: " ") && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">")
            && byte != UInt8(ascii: "`")
    }
}

extension Substring {
    /// What follows the prefix, if the text starts with it.
    fileprivate func rest(after prefix: String) -> Substring? {
        utf8.starts(with: prefix.utf8)
            ? self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...] : nil
    }

    /// The part in front of the first slash, or all of it.
    fileprivate var upToSlash: Substring {
        self[..<(utf8.firstIndex(of: UInt8(ascii: "/")) ?? endIndex)]
    }
}

extension [UInt8] {
    /// The bytes as text, with a replacement character where they are not UTF-8.
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
