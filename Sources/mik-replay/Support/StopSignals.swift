import Dispatch
import Glibc

/// Turns SIGINT and SIGTERM into the cancellation of a task, so that what was done can be written.
enum StopSignals {
    /// Runs the body in a task that the first of the two signals cancels.
    ///
    /// A second signal ends the program at once.
    static func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (heeded, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            // What the body prints may be answered by a signal at once.
            for await _ in heeded {}
            return try await body()
        }
        let watch = await Watch { task.cancel() }
        defer { watch.end() }
        start.finish()
        return try await task.value
    }

    /// Runs a body that blocks on a thread of its own, and tells it to stop at the first of the two
    /// signals.
    ///
    /// A second signal ends the program at once.
    static func running<Value: Sendable>(
        untilStopped stop: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let watch = await Watch(stop)
        defer { watch.end() }
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "recording").async {
                continuation.resume(with: Result { try body() })
            }
        }
    }

    /// Calls a body at the first of the two signals, until it ends.
    private struct Watch {
        private let sources: [any DispatchSourceSignal]

        /// Begins to watch; when this returns, no signal is lost any more.
        init(_ body: @escaping @Sendable () -> Void) async {
            let registrations = DispatchGroup()
            sources = [SIGINT, SIGTERM].map { number in
                _ = signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    _ = signal(number, SIG_DFL)
                    body()
                }
                registrations.enter()
                source.setRegistrationHandler { registrations.leave() }
                source.resume()
                return source
            }
            await withCheckedContinuation { continuation in
                registrations.notify(queue: .global()) { continuation.resume() }
            }
        }

        func end() {
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        }
    }

    /// Waits for the first of the two signals.
    ///
    /// - Parameter whenReady: Called once signals are heeded, so that whoever is told then can send one.
    static func wait(whenReady: () -> Void) async {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
        let watch = await Watch { continuation.finish() }
        defer { watch.end() }
        whenReady()
        for await _ in signals {}
    }
}
