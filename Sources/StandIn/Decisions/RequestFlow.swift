/// The way of one request through the server: what happened goes in, the next step comes out.
///
/// The order is mik's: breaker and permit first, then the load, then the body, then the execution.
struct RequestFlow {
    /// What the connection has to do next.
    enum Step: Equatable {
        /// Send this; the request is over.
        case answer(Answer)
        /// Close the connection without one byte of response; the request is over.
        case closeWithoutResponse
        /// Come back through `waitEnded` after this time.
        case wait(Duration)
        /// Read the body to its end (this is when a 100 (Continue) may go out), then `bodyEnded`.
        case readBody
    }

    private enum State {
        case arrived
        case loading(ModuleKey)
        case readingBody(ModuleKey)
        case executing(ModuleKey, requestBody: [UInt8], since: Duration)
        case readingScriptInput(name: String)
        case runningScript(ScriptRun)
        case ended
    }

    private let request: RequestFacts
    private let requestID: String
    private var state = State.arrived

    init(_ request: RequestFacts, requestID: String) {
        self.request = request
        self.requestID = requestID
    }

    /// The head of the request is complete.
    mutating func begin(in host: inout ModuleHost, at now: Duration) -> Step {
        host.countRequest()
        let limit = host.configuration.bodyLimit
        switch Route(of: request, bodyLimit: limit) {
        case .health(let verbose):
            return end(.answer(healthAnswer(host, verbose: verbose, at: now)))
        case .metrics: return end(.answer(metricsAnswer(host, at: now)))
        case .pathTooLong(let byteCount): return end(.answer(.pathTooLong(byteCount: byteCount)))
        case .bodyTooLong(let byteCount):
            return end(.answer(.bodyTooLong(byteCount: byteCount, limit: limit)))
        case .staticFile(let path): return end(.answer(staticAnswer(path, host.configuration)))
        case .schema(let name):
            return end(
                .answer(.json(404, "{\"error\":\(jsonString("Schema not found: \(name)"))}"))
            )
        case .script(let name):
            state = .readingScriptInput(name: name)
            return .readBody
        case .tenantModule where host.configuration.tenants == nil,
            .tenantPathTooShort where host.configuration.tenants == nil:
            return end(.answer(.failure(400, "tenant routing not configured")))
        case .tenantPathTooShort: return end(.answer(.text(404, "Invalid tenant path")))
        case .tenantModule(let key), .module(let key): return admit(key, in: &host, at: now)
        case .moduleMissing: return end(.answer(.text(404, "No module specified")))
        case .undeliverable: return end(.closeWithoutResponse)
        case .unknown: return end(.answer(.text(404, "Not Found")))
        }
    }

    /// The time of the last `wait` step has passed.
    mutating func waitEnded(in host: inout ModuleHost, at now: Duration) -> Step {
        switch state {
        case .loading(let key):
            host.loadEnded(key, at: now)
            state = .readingBody(key)
            return .readBody
        case .executing(let key, let requestBody, let since):
            return endExecution(of: key, requestBody: requestBody, since: since, in: &host, at: now)
        case .runningScript(var run):
            if let wait = run.waitEnded(in: &host, at: now) {
                state = .runningScript(run)
                return .wait(wait)
            }
            return end(.answer(run.answer))
        case .arrived, .readingBody, .readingScriptInput, .ended:
            preconditionFailure("a wait ended, but the request was not waiting: \(state)")
        }
    }

    /// The request body is complete, or over the limit.
    mutating func bodyEnded(
        _ body: RequestBody,
        in host: inout ModuleHost,
        at now: Duration
    ) -> Step {
        switch (state, body) {
        case (.readingBody(let key), .whole(let requestBody)):
            state = .executing(key, requestBody: requestBody, since: now)
            return .wait(host.beginExecution(of: key))
        case (.readingBody(let key), .overLimit):
            host.releasePermit(of: key)
            return end(.answer(.bodyTooLong(limit: host.configuration.bodyLimit)))
        case (.readingScriptInput(let name), let body):
            return beginScript(name, input: body, in: &host)
        case (.arrived, _), (.loading, _), (.executing, _), (.runningScript, _), (.ended, _):
            preconditionFailure("a body ended that the request was not reading: \(state)")
        }
    }

    /// The client went away: what the request holds is given back, and no breaker hears of it.
    mutating func abandon(in host: inout ModuleHost) {
        switch state {
        case .loading(let key), .readingBody(let key), .executing(let key, _, _):
            host.releasePermit(of: key)
        case .runningScript(let run):
            run.abandon(in: &host)
        case .arrived, .readingScriptInput, .ended:
            break
        }
        state = .ended
    }

    private mutating func end(_ step: Step) -> Step {
        state = .ended
        return step
    }

    private mutating func admit(
        _ key: ModuleKey,
        in host: inout ModuleHost,
        at now: Duration
    ) -> Step {
        switch host.admit(key, requestID: requestID, at: now) {
        case .refused(let refusal):
            return end(.answer(.refusal(refusal, of: key)))
        case .load(let time):
            state = .loading(key)
            return .wait(time)
        case .ready:
            state = .readingBody(key)
            return .readBody
        }
    }

    private mutating func endExecution(
        of key: ModuleKey,
        requestBody: [UInt8],
        since: Duration,
        in host: inout ModuleHost,
        at now: Duration
    ) -> Step {
        switch host.endExecution(of: key, requestBody: requestBody, at: now) {
        case .trap:
            return end(.closeWithoutResponse)
        case .response(let status, let contentType, let body):
            let fields = [
                Answer.Field(name: "content-type", value: contentType),
                Answer.Field(name: "x-mik-duration-ms", value: String((now - since).milliseconds)),
                Answer.Field(name: "x-mik-handler", value: key.handler),
            ]
            return end(.answer(Answer(status: status, fields: fields, body: body)))
        }
    }

    private mutating func beginScript(
        _ name: String,
        input: RequestBody,
        in host: inout ModuleHost
    ) -> Step {
        let reason: String
        switch input {
        case .overLimit:
            reason = "request body too large"
        case .whole(let bytes) where !bytes.isEmpty && !isJSON(bytes.span):
            reason = "the input is not JSON"
        case .whole:
            if let script = ScriptRun.begin(name, requestID: requestID, in: &host) {
                state = .runningScript(script.run)
                return .wait(script.wait)
            }
            reason = "script not found"
        }
        return end(.answer(.failure(500, "script 'scripts/\(name).js' failed: \(reason)")))
    }
}

/// A file as mik serves it: cacheable for an hour, without validators.
private func staticAnswer(_ path: String, _ configuration: StandInConfiguration) -> Answer {
    guard let file = configuration.staticFiles?[path] else { return .text(404, "Not Found") }
    let fields = [
        Answer.Field(name: "content-type", value: file.contentType),
        Answer.Field(name: "cache-control", value: "public, max-age=3600"),
    ]
    return Answer(status: 200, fields: fields, body: file.bytes)
}
