internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TraceFormat

/// Runs the recorder on a thread of its own, so that framing, compressing and writing never make
/// the traffic late.
final class RecordingThread: Sendable {
    private let recorder: Mutex<ExchangeRecorder>
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let weight = Atomic<Int>(0)
    private let hasFailed = Atomic<Bool>(false)
    private let onFailure: @Sendable (TraceError) -> Void

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - recorder: What to run there.
    ///   - onFailure: Called once, there, when the trace can't be written any more.
    init(
        _ recorder: consuming sending ExchangeRecorder,
        onFailure: @escaping @Sendable (TraceError) -> Void
    ) {
        self.recorder = Mutex(recorder)
        self.onFailure = onFailure
        thread.start()
    }

    /// What all events weigh that wait to be recorded.
    var waitingWeight: Int { weight.load(ordering: .relaxed) }

    /// Whether the trace can't be written any more.
    var isStopped: Bool { hasFailed.load(ordering: .relaxed) }

    /// Takes note that an event will come with the next batch.
    func announce(_ event: ProxyEvent) {
        weight.wrappingAdd(event.weight, ordering: .relaxed)
    }

    /// Records announced events soon, in the order of the calls.
    func record(_ batch: [ProxyEvent]) {
        thread.submit { _ in
            self.withRecorder { recorder in
                for event in batch {
                    recorder.handle(event)
                    self.weight.wrappingSubtract(event.weight, ordering: .relaxed)
                }
            }
        }
    }

    /// Writes what is recorded to the file soon, behind everything that was handed over.
    ///
    /// - Parameter time: Now, in nanoseconds since the recording's epoch.
    func flush(at time: Int64) {
        thread.submit { _ in self.withRecorder { $0.flush(at: time) } }
    }

    /// How far the connections are, after everything that was handed over.
    func progress(
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<[UInt64: ExchangeRecorder.Progress]> {
        thread.runIfActive(eventLoop: eventLoop) { self.recorder.withLock { $0.progress } }
    }

    /// Waits for everything that was handed over, then ends the trace and the thread.
    func finish(
        at time: Int64,
        traffic: ProxyTraffic,
        on eventLoop: any EventLoop
    ) async throws -> ProxySummary {
        // Not with `await` alone, which a cancelled task, as after Ctrl-C, would not wait for.
        let summary = try await thread.runIfActive(eventLoop: eventLoop) {
            self.withRecorder { $0.finish(at: time, traffic: traffic) }
        }.get()
        try await thread.shutdownGracefully()
        return summary
    }

    private func withRecorder<Result>(
        _ body: (inout ExchangeRecorder) -> sending Result
    ) -> sending Result {
        let (result, failure) = recorder.withLock { recorder in
            (body(&recorder), recorder.failure)
        }
        if let failure, !hasFailed.exchange(true, ordering: .relaxed) { onFailure(failure) }
        return result
    }
}
