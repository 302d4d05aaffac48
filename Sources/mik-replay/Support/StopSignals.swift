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
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                _ = signal(number, SIG_DFL)
                task.cancel()
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        }
        return try await task.value
    }

    /// Waits for the first of the two signals.
    static func wait() async {
        try? await cancelling { try await Task.sleep(for: .seconds(1 << 40)) }
    }
}
