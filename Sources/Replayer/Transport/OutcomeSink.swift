import NIOPosix
import Synchronization
public import TraceFormat

/// Sees all outcomes of a replay, some at a time and in their order, on a thread of its own.
public typealias OutcomeObserver = @Sendable ([Outcome]) -> Void

/// Writes outcomes to the run file on a thread of its own, so that looking into bodies, compressing
/// and writing never make a request late.
final class OutcomeSink: Sendable {
    private struct State: ~Copyable {
        var writer: RunWriter
        var error: TraceError?
        var contents = KnownContents()

        /// Writes outcomes; says whether that went well so far.
        mutating func append(_ outcomes: [Outcome]) -> Bool {
            attempt { writer throws(TraceError) in
                // By position, because a loop over the outcomes copies each.
                for position in outcomes.indices { try writer.append(outcomes[position]) }
            }
        }

        /// Writes what is held back; says whether that went well so far.
        mutating func flush() -> Bool {
            attempt { writer throws(TraceError) in try writer.flush() }
        }

        private mutating func attempt(
            _ body: (inout RunWriter) throws(TraceError) -> Void
        ) -> Bool {
            guard error == nil else { return false }
            do throws(TraceError) {
                try body(&writer)
            } catch {
                self.error = error
            }
            return error == nil
        }
    }

    /// The room for bodies that wait in what is appended, or is going to be.
    let bodyRoom = BodyRoom()

    private let state: Mutex<State>
    private let failed = Atomic(false)
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let observe: OutcomeObserver?

    /// Takes over the writer of the run file.
    init(_ writer: consuming RunWriter, observedBy observe: OutcomeObserver? = nil) {
        state = Mutex(State(writer: writer))
        self.observe = observe
        thread.start()
        thread.submit { _ in ThreadSetup.giveWay() }
    }

    /// Whether the file can't be written any more; never waits for the thread that writes.
    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    /// Looks into the bodies of responses and writes the outcomes soon, in the order of the calls.
    func append(_ finished: FinishedRequests) {
        thread.submit { _ in
            var finished = finished
            self.bodyRoom.giveBack(finished.bodyByteCount)
            let isWritten = self.state.withLock { state in
                finished.lookIntoBodies(&state.contents)
                return state.append(finished.outcomes)
            }
            if !isWritten { self.failed.store(true, ordering: .relaxed) }
            self.observe?(finished.outcomes)
        }
    }

    /// Makes sure soon that a kill loses nothing of what was appended before.
    func flush() {
        thread.submit { _ in
            if !self.state.withLock({ $0.flush() }) {
                self.failed.store(true, ordering: .relaxed)
            }
        }
    }

    /// Waits for everything that was appended, then ends the file.
    func finish(_ ending: RunEnding) async throws {
        // A pool that shuts down calls off what still waits for it, so let the last of it run first;
        // also when the task was cancelled, which is how a replay is stopped.
        await withCheckedContinuation { continuation in
            thread.submit { _ in continuation.resume() }
        }
        try await thread.shutdownGracefully()
        try state.withLock { state throws(TraceError) in
            if let error = state.error { throw error }
            try state.writer.finish(ending)
        }
    }
}
