import Encryption
import NIOCore
import NIOPosix
import Synchronization

/// What the target said of itself while a replay ran.
public struct HealthAnswer: Equatable, Sendable {
    /// When it was asked, in nanoseconds since the start of the run; below zero before.
    public let sent: Int64
    /// When its answer was whole.
    public let end: Int64
    /// The body of the answer.
    public let body: [UInt8]
}

/// Asks the target before, during and after a replay which modules it has loaded.
///
/// Each time on a connection and a thread of its own, with a `user-agent` by which the target's log can be
/// told apart. The run has no outcomes of it, so it is in no statistics; but the target has that
/// work to do.
public final class HealthObserver: Sendable {
    /// What is asked.
    public static let requestTarget = "/health?verbose=true"
    /// Who asks.
    static let userAgent = "mik-replay-observer"

    private struct Polls {
        var answers: [(sent: NIODeadline, end: NIODeadline, body: [UInt8])] = []
        var failedCount = 0
    }

    private let poll: HealthPoll
    private let interval: Duration
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let polls = Mutex(Polls())
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Prepares to ask the target of a replay.
    ///
    /// - Parameters:
    ///   - configuration: How the replay is done.
    ///   - interval: The time between two questions while it runs.
    /// - Throws: `ReplayError.unusableTrust` when its encryption can't be set up.
    public init(_ configuration: ReplayConfiguration, interval: Duration) throws(ReplayError) {
        let target = configuration.target
        var encryption: ClientEncryption?
        if target.isEncrypted {
            do {
                encryption = try ClientEncryption(host: target.host, trust: configuration.trust)
            } catch {
                throw .unusableTrust(reason: error.reason)
            }
        }
        poll = HealthPoll(target: target, encryption: encryption)
        self.interval = interval
    }

    /// Asks once, and then again and again until the end.
    public func begin() async {
        await ask()
        let repeated = Task { [interval] in
            while (try? await Task.sleep(for: interval)) != nil { await self.ask() }
        }
        task.withLock { $0 = repeated }
    }

    /// What came of it.
    public struct Result: Equatable, Sendable {
        /// Whether the run began at all; otherwise there are no answers.
        public let hasBegun: Bool
        /// All answers, in order.
        public let answers: [HealthAnswer]
        /// How many questions got none.
        public let failedCount: Int
    }

    /// Asks a last time; `monitor` is that of the replay, which knows when its run began.
    public func end(_ monitor: ReplayMonitor) async -> Result {
        let repeated = task.withLock { $0.take() }
        repeated?.cancel()
        await repeated?.value
        await ask()
        try? await group.shutdownGracefully()
        let polls = polls.withLock { $0 }
        guard let start = monitor.start.map(NIODeadline.uptimeNanoseconds) else {
            return Result(hasBegun: false, answers: [], failedCount: polls.failedCount)
        }
        let answers = polls.answers.map { answer in
            HealthAnswer(
                sent: (answer.sent - start).nanoseconds,
                end: (answer.end - start).nanoseconds,
                body: answer.body
            )
        }
        return Result(hasBegun: true, answers: answers, failedCount: polls.failedCount)
    }

    private func ask() async {
        let sent = NIODeadline.now()
        let body = await poll.ask(on: group)
        let end = NIODeadline.now()
        polls.withLock { polls in
            if let body {
                polls.answers.append((sent, end, body))
            } else {
                polls.failedCount += 1
            }
        }
    }
}
