/// What is known of the server beside the run, to tell cold from warm by.
public struct ServerKnowledge: Sendable {
    /// The loads in the server's log; `nil` without one.
    public var loads: ServerLoads?
    /// The field of answers, in lower case, that says whether they had to load something; `nil` if
    /// there is none.
    public var markerField: String?
    /// Which modules were in memory when; `nil` if nobody asked.
    public var observations: ModuleObservations?
    /// How the server keeps modules in memory.
    public var cache = ModuleCache()
    /// Whether compiled modules were on the disk at the start.
    public var artifacts = Artifacts.unknown

    /// Whether the server had its modules compiled already when it started.
    public enum Artifacts: String, CaseIterable, Sendable {
        /// None: the first load of a module compiles it.
        case cold
        /// All: loads read them.
        case warm
        /// Nobody said.
        case unknown
    }

    /// Knows nothing of the server but that it is mik.
    public init() {}

    /// What a module's load has to do, its first or a later one.
    func tier(isFirst: Bool) -> LoadTier {
        switch artifacts {
        case .cold: isFirst ? .compiled : .artifact
        case .warm: .artifact
        case .unknown: .unknown
        }
    }
}

/// How mik keeps modules in memory: until they are idle, and as long as their files' bytes fit.
///
/// What is thrown out when they do not fit can't be foretold from outside: mik's cache keeps what is
/// used often (TinyLFU). So the model tells only when nothing can have been thrown out.
public struct ModuleCache: Equatable, Sendable {
    /// After this long without use a module is unloaded, in nanoseconds; mik's constant is an hour.
    public var idleLimit: Int64 = 3_600_000_000_000
    /// The bytes of module files that fit; `nil` if not known.
    public var capacity: UInt64?
    /// The bytes of each module's file, by the name that ``Route/Handler`` has; `nil` if not known.
    public var sizes: [String: UInt64]?

    /// A cache of which nothing was configured.
    public init() {}

    /// Whether it is known what fits.
    var isKnown: Bool { capacity != nil && sizes != nil }

    /// When the modules in use had more bytes than fit, in nanoseconds of the run; `nil` if never,
    /// or if that is not known.
    ///
    /// A module without a file can't be loaded and takes no room. A script may use any module.
    ///
    /// - Parameters:
    ///   - uses: The first use of each module.
    ///   - script: The first use of a script; `nil` without one.
    /// - Returns: The first moment after which something may have been thrown out.
    func overflow(firstUses uses: [(module: String, time: Int64)], firstScript script: Int64?)
        -> Int64?
    {
        guard let capacity, let sizes else { return nil }
        let everything = sizes.values.reduce(0 as UInt64) { $0.addingWithoutOverflow($1) }
        guard everything > capacity else { return nil }
        var bytes: UInt64 = 0
        for (module, time) in uses.sorted(by: { $0.time < $1.time }) {
            if let script, script <= time { return script }
            bytes = bytes.addingWithoutOverflow(sizes[module] ?? 0)
            if bytes > capacity { return time }
        }
        return script
    }
}

extension UInt64 {
    fileprivate func addingWithoutOverflow(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
