public import HTTPWire

/// How the requests of a run are grouped into routes.
///
/// The first pattern that a request matches names its route. The others are grouped as ``Route``
/// says, by the module, the script or the first segment, or else by their whole path.
///
/// In a whole path, segments behind the module's name that are identifiers are shown as `:id`, so
/// that `/run/cart/items/17` and `/run/cart/items/18` are one route. A segment is an identifier when
/// it is a decimal number, a UUID (RFC 9562, section 4), or at least 16 hexadecimal digits of
/// which one is a decimal digit.
public struct RouteRules: Sendable {
    /// The user's own routes, the first that matches counts.
    public var patterns: [RequestGlob] = []
    /// Whether requests with different methods are different routes.
    public var separatesMethods = false
    /// Whether requests that no pattern matches are grouped by their whole path.
    public var usesWholePaths = false
    /// Whether identifiers in whole paths are folded.
    public var foldsIdentifiers = true

    /// Groups as ``Route`` alone says.
    public init() {}

    /// Whether two requests with the same target can be of different routes.
    var dependsOnMethod: Bool { separatesMethods || !patterns.isEmpty }
    /// Whether two requests whose paths begin with the same segments can be of different routes.
    var dependsOnWholePath: Bool { usesWholePaths || !patterns.isEmpty }
    /// Whether two requests that differ in their query alone can be of different routes.
    var dependsOnQuery: Bool { patterns.contains { $0.description.contains("?") } }

    /// The name of a request's route.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - target: Its target as it stands in the request line.
    ///   - route: The route that the target alone gives.
    /// - Returns: The name, as reports show it.
    func name(method: String, target: String, route: Route) -> String {
        let pattern = patterns.first { $0.matches(method: method, target: target) }?.description
        let name = pattern ?? (usesWholePaths ? wholePath(target, of: route) : route.name)
        // A space in a pattern stands behind its method; there is no need of a second one.
        let hasMethod = pattern?.contains(" ") ?? false
        return separatesMethods && !hasMethod ? "\(method.printable) \(name)" : name
    }

    private func wholePath(_ target: String, of route: Route) -> String {
        let path = Route.path(of: target)
        guard path.first == "/" else { return route.name }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let rest = segments.dropFirst(route.segmentCount)
        // mik takes `/run/cart` and `/run/cart/` for the same.
        guard !rest.allSatisfy(\.isEmpty) else { return route.name }
        let shown = rest.map { segment in
            foldsIdentifiers && Self.isIdentifier(segment) ? ":id" : String(segment).printable
        }
        return "\(route.name)/\(shown.joined(separator: "/"))"
    }

    private static func isIdentifier(_ segment: Substring) -> Bool {
        let bytes = Array(segment.utf8)
        let isDecimal = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        let isHexadecimal = { (byte: UInt8) in
            isDecimal(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        }
        guard !bytes.isEmpty else { return false }
        if bytes.allSatisfy(isDecimal) { return true }
        if bytes.allSatisfy(isHexadecimal) {
            return bytes.count >= 16 && bytes.contains(where: isDecimal)
        }
        let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(isHexadecimal)
    }
}
