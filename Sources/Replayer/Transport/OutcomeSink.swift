import NIOPosix
import Synchronization
import TraceFormat

/// Writes outcomes to the run file on a thread of its own, so that compressing and writing never
/// make a request late.
final class OutcomeSink: Sendable {
    private struct State: ~Copyable {
        var writer: RunWriter
        var error: TraceError?

        mutating func append(_ outcomes: [Outcome]) {
            guard error == nil else { return }
            do throws(TraceError) {
                for outcome in outcomes { try writer.append(outcome) }
            } catch {
                self.error = error
            }
        }
    }

    private let state: Mutex<State>
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// Takes over the writer of the run file.
    init(_ writer: consuming RunWriter) {
        state = Mutex(State(writer: writer))
        thread.start()
    }

    /// The first error of the file; from then on nothing more is written.
    var error: TraceError? { state.withLock { $0.error } }

    /// Writes outcomes soon, in the order of the calls.
    func append(_ outcomes: [Outcome]) {
        thread.submit { _ in
            self.state.withLock { $0.append(outcomes) }
        }
    }

    /// Waits for everything that was appended, then ends the file.
    func finish(_ ending: RunEnding) async throws {
        try await thread.shutdownGracefully()
        try state.withLock { state throws(TraceError) in
            if let error = state.error { throw error }
            try state.writer.finish(ending)
        }
    }
}
