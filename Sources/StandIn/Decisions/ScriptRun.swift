/// One run of a script: its own time, then its calls one after the other.
///
/// A call shares breakers, permits and cold loads with `/run`, but a failed call is a value in the
/// script's result, never a failed request.
struct ScriptRun {
    private enum Phase {
        case ownTime
        case loading(ModuleKey)
        case executing(ModuleKey)
    }

    private let name: String
    private let requestID: String
    private var phase = Phase.ownTime
    private var callsLeft: ArraySlice<String>
    private var results: [String] = []

    /// Starts the script and says how long to wait first; `nil` if there is no such script.
    static func begin(
        _ name: String,
        requestID: String,
        in host: inout ModuleHost
    ) -> (run: ScriptRun, wait: Duration)? {
        guard let wait = host.beginScript(name) else { return nil }
        let calls = host.configuration.scripts[name]?.calls ?? []
        return (ScriptRun(name: name, requestID: requestID, callsLeft: calls[...]), wait)
    }

    private init(name: String, requestID: String, callsLeft: ArraySlice<String>) {
        self.name = name
        self.requestID = requestID
        self.callsLeft = callsLeft
    }

    /// The response once all calls are done, its result's keys sorted as mik sorts them.
    var answer: Answer {
        let result =
            "{\"calls\":[\(results.joined(separator: ","))],\"script\":\(jsonString(name))}"
        return .json(200, "{\"result\":\(result),\"calls_executed\":\(results.count)}")
    }

    /// Goes on after a wait; the next wait, or `nil` when the script is done.
    mutating func waitEnded(in host: inout ModuleHost, at now: Duration) -> Duration? {
        switch phase {
        case .ownTime:
            break
        case .loading(let key):
            host.loadEnded(key, at: now)
            phase = .executing(key)
            return host.beginExecution(of: key)
        case .executing(let key):
            switch host.endExecution(of: key, requestBody: [], at: now) {
            case .response(let status, _, _): note(key, status: status)
            case .trap: note(key, status: 500, error: "HANDLER_ERROR")
            }
        }
        return nextCall(in: &host, at: now)
    }

    /// Gives back the permit of the call that is under way.
    func abandon(in host: inout ModuleHost) {
        switch phase {
        case .ownTime: break
        case .loading(let key), .executing(let key): host.releasePermit(of: key)
        }
    }

    private mutating func nextCall(in host: inout ModuleHost, at now: Duration) -> Duration? {
        while let module = callsLeft.popFirst() {
            let key = ModuleKey(module)
            switch host.admit(key, requestID: requestID, at: now) {
            case .refused(.circuitOpen): note(key, status: 503, error: "CIRCUIT_OPEN")
            case .refused(.overloaded): note(key, status: 429, error: "RATE_LIMITED")
            case .refused(.notFound): note(key, status: 404, error: "MODULE_NOT_FOUND")
            case .load(let time):
                phase = .loading(key)
                return time
            case .ready:
                phase = .executing(key)
                return host.beginExecution(of: key)
            }
        }
        return nil
    }

    private mutating func note(_ key: ModuleKey, status: Int, error: String? = nil) {
        let error = error.map { "\"error\":\"\($0)\"," } ?? ""
        results.append("{\(error)\"module\":\(jsonString(key.cacheKey)),\"status\":\(status)}")
    }
}
