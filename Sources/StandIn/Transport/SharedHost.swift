import NIOCore
import Synchronization

/// The one module host of a server, shared by its event loops, and the clock that it lives by.
final class SharedHost: Sendable {
    private let host: Mutex<ModuleHost>
    private let started = NIODeadline.now()
    private let log: (@Sendable (String) -> Void)?

    init(_ host: sending ModuleHost, log: (@Sendable (String) -> Void)?) {
        self.host = Mutex(host)
        self.log = log
    }

    /// Runs the body with the host and the time since the server's start.
    func withHost<Result: Sendable>(_ body: (inout ModuleHost, Duration) -> Result) -> Result {
        let now = Duration.nanoseconds((NIODeadline.now() - started).nanoseconds)
        return host.withLock { host in body(&host, now) }
    }

    /// Lets a request take a step, and logs the load that it may have begun.
    func step(
        of request: RequestDescription,
        _ body: (inout ModuleHost, Duration) -> RequestFlow.Step
    ) -> RequestFlow.Step {
        let (step, line) = withHost { host, now in
            let loadsBefore = host.loads.count
            let step = body(&host, now)
            guard log != nil, host.loads.count > loadsBefore, let load = host.loads.last else {
                return (step, String?.none)
            }
            return (step, request.logLine(for: load, at: host.wallTime(at: now)))
        }
        if let log, let line { log(line) }
        return step
    }
}

/// What mik's log says about the request that a line belongs to.
struct RequestDescription {
    let identity: RequestIdentity
    let method: String
    let target: String
    let remoteAddress: String

    /// The line that mik logs when it does not find a module in memory, at level INFO.
    fileprivate func logLine(for load: ModuleLoad, at time: CivilTime) -> String {
        let path = target.prefix { $0 != "?" }
        return "\(time.rfc3339)  INFO request{request_id=\(identity.requestID) "
            + "trace_id=\(identity.traceID) method=\(method) path=\(path) "
            + "remote_addr=\(remoteAddress)}: mik::runtime::cache: "
            + "Loading module: \(load.module) (\(load.fileByteCount) bytes)"
    }
}
