import SeededRandom

/// What one mik process knows: which modules are loaded, which permits are taken, whose breaker is open.
///
/// Times are durations since the server's start; whoever calls passes them in.
struct ModuleHost {
    /// Whether a request may use a module, and what it has to wait for first.
    enum Admission: Equatable {
        case refused(Refusal)
        /// Cold: wait this long, then call `loadEnded`. A permit is held.
        case load(Duration)
        /// Warm. A permit is held.
        case ready
    }

    /// Why a request may not use a module.
    enum Refusal: Equatable {
        case circuitOpen
        case notFound
        case overloaded(permits: Int)
    }

    /// What an execution came to.
    enum ExecutionResult: Equatable {
        case response(status: Int, contentType: String, body: [UInt8])
        case trap
    }

    private struct HostedModule {
        let behaviour: ModuleBehaviour
        /// The response body, unless the module echoes.
        let body: [UInt8]
        var permitsTaken = 0
        var executions: UInt64 = 0
        /// When it was last used; `nil` while it is not loaded.
        var lastUsed: Duration?
    }

    let configuration: StandInConfiguration
    private(set) var loads: [ModuleLoad] = []
    private(set) var requestCount: UInt64 = 0
    private(set) var breakers = CircuitBreakers()
    private var modules: [ModuleKey: HostedModule]
    private var scriptRuns: [String: UInt64] = [:]
    private let jitter: Jitter
    private let startMicrosecondsSince1970: Int64
    private var identities: SplitMix64
    private var date: (second: Int64, text: String)?

    /// A process that has loaded nothing yet.
    ///
    /// The identity seed gives the request ids and trace ids; it differs for each real server.
    init(
        _ configuration: StandInConfiguration,
        startMicrosecondsSince1970: Int64,
        identitySeed: UInt64
    ) {
        self.configuration = configuration
        self.startMicrosecondsSince1970 = startMicrosecondsSince1970
        identities = SplitMix64(seed: identitySeed)
        jitter = Jitter(seed: configuration.seed)
        var behaviours: [ModuleKey: ModuleBehaviour] = [:]
        for (name, behaviour) in configuration.modules {
            behaviours[ModuleKey(name)] = behaviour
        }
        for (tenant, tenantModules) in configuration.tenants ?? [:] {
            for (name, behaviour) in tenantModules {
                behaviours[ModuleKey(name, tenant: tenant)] = behaviour
            }
        }
        modules = [:]
        for (key, behaviour) in behaviours {
            modules[key] = HostedModule(
                behaviour: behaviour,
                body: fixedBody(of: key.handler, behaviour)
            )
        }
    }

    /// Notes that a request arrived, whatever becomes of it.
    mutating func countRequest() {
        requestCount += 1
    }

    /// Gives a new request its identities.
    mutating func identify(inboundTraceparent: String?) -> RequestIdentity {
        RequestIdentity(inboundTraceparent: inboundTraceparent, using: &identities)
    }

    /// The date and time of day, from the moment of the start and the time since then.
    func wallTime(at now: Duration) -> CivilTime {
        CivilTime(microsecondsSince1970: startMicrosecondsSince1970 + now.microseconds)
    }

    /// The value of the Date field, formatted once a second.
    mutating func dateText(at now: Duration) -> String {
        let second = (startMicrosecondsSince1970 + now.microseconds) / 1_000_000
        if let date, date.second == second { return date.text }
        let text = wallTime(at: now).imfFixdate
        date = (second, text)
        return text
    }

    /// Checks breaker, existence and permits, in this order, and takes a permit.
    ///
    /// There is no single flight: every request that comes before a load has ended loads by itself.
    mutating func admit(_ key: ModuleKey, requestID: String, at now: Duration) -> Admission {
        guard breakers.admits(key.cacheKey, at: now) else { return .refused(.circuitOpen) }
        guard var module = modules[key] else {
            breakers.recordFailure(key.cacheKey, at: now)
            return .refused(.notFound)
        }
        guard module.permitsTaken < configuration.permitsPerModule else {
            return .refused(.overloaded(permits: configuration.permitsPerModule))
        }
        module.permitsTaken += 1
        defer { modules[key] = module }
        if isLoaded(module, at: now) {
            module.lastUsed = now
            return .ready
        }
        module.lastUsed = nil
        loads.append(
            ModuleLoad(
                module: key.cacheKey,
                started: now,
                requestID: requestID,
                fileByteCount: module.behaviour.fileByteCount
            )
        )
        return .load(module.behaviour.load)
    }

    /// Notes that a load has ended: from now on the module is warm.
    mutating func loadEnded(_ key: ModuleKey, at now: Duration) {
        modules[key]?.lastUsed = now
    }

    /// Starts an execution and says how long it takes.
    mutating func beginExecution(of key: ModuleKey) -> Duration {
        guard let module = modules[key] else {
            preconditionFailure("\(key.cacheKey) was admitted, but is not configured")
        }
        modules[key]?.executions += 1
        return jitter.vary(
            module.behaviour.service,
            by: module.behaviour.jitter,
            name: key.handler,
            count: module.executions
        )
    }

    /// Ends an execution: gives the permit back and tells the breaker.
    mutating func endExecution(
        of key: ModuleKey,
        requestBody: [UInt8],
        at now: Duration
    ) -> ExecutionResult {
        guard let module = modules[key] else {
            preconditionFailure("\(key.cacheKey) was executed, but is not configured")
        }
        releasePermit(of: key)
        if module.behaviour.failure == .trap {
            breakers.recordFailure(key.handler, at: now)
            return .trap
        }
        breakers.recordSuccess(key.handler, at: now)
        let status =
            if case .status(let failure)? = module.behaviour.failure { failure } else { 200 }
        return switch module.behaviour.response {
        case .echo:
            .response(status: status, contentType: "application/octet-stream", body: requestBody)
        case .json:
            .response(status: status, contentType: "application/json", body: module.body)
        }
    }

    /// Gives back a permit without a result, for a request that ended before its execution did.
    mutating func releasePermit(of key: ModuleKey) {
        modules[key]?.permitsTaken -= 1
    }

    /// The time that one run of a script takes by itself; `nil` if there is no such script.
    mutating func beginScript(_ name: String) -> Duration? {
        guard let script = configuration.scripts[name] else { return nil }
        let count = scriptRuns[name, default: 0]
        scriptRuns[name] = count &+ 1
        return jitter.vary(script.service, by: script.jitter, name: "script \(name)", count: count)
    }

    /// The loaded modules, by cache key and in its order, with the sizes of their files.
    func loadedModules(at now: Duration) -> [(name: String, byteCount: Int)] {
        modules.filter { isLoaded($0.value, at: now) }
            .map { ($0.key.cacheKey, $0.value.behaviour.fileByteCount) }
            .sorted { $0.0 < $1.0 }
    }

    private func isLoaded(_ module: HostedModule, at now: Duration) -> Bool {
        guard let lastUsed = module.lastUsed else { return false }
        guard let idleUnload = configuration.idleUnload else { return true }
        return now - lastUsed <= idleUnload
    }
}

/// A JSON object of the configured size; one that is too small for the braces and the name has both.
private func fixedBody(of name: String, _ behaviour: ModuleBehaviour) -> [UInt8] {
    guard case .json(let byteCount) = behaviour.response else { return [] }
    let opening = Array("{\"module\":\(jsonString(name)),\"data\":\"".utf8)
    let closing = Array("\"}".utf8)
    let fillCount = max(0, byteCount - opening.count - closing.count)
    var fill = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    while fill.count < fillCount { fill += fill }
    return opening + fill.prefix(fillCount) + closing
}
