/// Everything that a stand-in serves, and how long each part takes.
///
/// The numbers that mik keeps as constants or settings have mik's defaults.
public struct StandInConfiguration: Sendable, Equatable {
    /// The modules under `/run/`, by name.
    public var modules: [String: ModuleBehaviour]
    /// The modules under `/tenant/<id>/`, by tenant and name; `nil` turns tenant routing off (400).
    public var tenants: [String: [String: ModuleBehaviour]]?
    /// The scripts under `/script/`, by name without `.js`.
    public var scripts: [String: ScriptBehaviour]
    /// The files under `/static/`, by path; `nil` is a server without a static directory (404).
    public var staticFiles: [String: StaticFile]?
    /// How many requests one module serves at a time; the next one gets 429 at once.
    public var permitsPerModule: Int
    /// The longest request body in bytes (413 above it).
    public var bodyLimit: Int
    /// How long a module stays loaded without being used; `nil` keeps it for ever.
    public var idleUnload: Duration?
    /// The seed of the jitter; the same seed gives the nth execution of a module the same time.
    public var seed: UInt64

    /// A server with the given content and mik's own limits.
    public init(
        modules: [String: ModuleBehaviour] = [:],
        tenants: [String: [String: ModuleBehaviour]]? = nil,
        scripts: [String: ScriptBehaviour] = [:],
        staticFiles: [String: StaticFile]? = nil,
        permitsPerModule: Int = 10,
        bodyLimit: Int = 10 * 1024 * 1024,
        idleUnload: Duration? = .seconds(3600),
        seed: UInt64 = 1
    ) {
        self.modules = modules
        self.tenants = tenants
        self.scripts = scripts
        self.staticFiles = staticFiles
        self.permitsPerModule = permitsPerModule
        self.bodyLimit = bodyLimit
        self.idleUnload = idleUnload
        self.seed = seed
    }

    /// The same server with one route's warm time multiplied by a factor.
    ///
    /// The cold load keeps its time. A script that calls the module slows down with it.
    ///
    /// - Parameters:
    ///   - route: `/run/<module>`, `/tenant/<id>/<module>` or `/script/<name>`, spelled as in this
    ///     configuration.
    ///   - factor: More than 0 and at most ``Slowdown/largestFactor``; 1.3 is 30 % slower.
    /// - Returns: The changed configuration.
    /// - Throws: For a route that is not configured, and for a factor out of range.
    public func slowing(_ route: String, by factor: Double) throws(StandInError) -> Self {
        guard Slowdown.accepts(factor) else { throw .invalidFactor(factor) }
        let parts = route.split(separator: "/", maxSplits: 2).map(String.init)
        var slowed = self
        switch (parts.first, parts.count) {
        case ("run", 2):
            guard slowed.modules[parts[1]] != nil else { throw .unknownRoute(route) }
            slowed.modules[parts[1]]?.service *= factor
        case ("script", 2):
            guard slowed.scripts[parts[1]] != nil else { throw .unknownRoute(route) }
            slowed.scripts[parts[1]]?.service *= factor
        case ("tenant", 3):
            guard slowed.tenants?[parts[1]]?[parts[2]] != nil else { throw .unknownRoute(route) }
            slowed.tenants?[parts[1]]?[parts[2]]?.service *= factor
        default:
            throw .unknownRoute(route)
        }
        return slowed
    }

    /// The same server with every change applied, in order.
    public func slowing(_ slowdowns: [Slowdown]) throws(StandInError) -> Self {
        var slowed = self
        for slowdown in slowdowns {
            slowed = try slowed.slowing(slowdown.route, by: slowdown.factor)
        }
        return slowed
    }
}
