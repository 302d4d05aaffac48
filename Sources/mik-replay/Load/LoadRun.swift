import Analyzer
import Encryption
import Replayer
import SystemPackage
import TraceFormat

/// Plays synthetic loads against a target: each is a trace that the replayer replays.
struct LoadRun: Sendable {
    var target: Target
    var trust: Trust
    var pace: Pace
    var connectionCount: Int
    var usesFreshConnections = false
    var timeout: Int64
    /// Where traces and runs go that nobody asked for.
    let folder: ScratchFolder

    /// How often a short trace is played at most: longer than anybody waits.
    private static let mostRounds: UInt64 = 1_000_000

    /// Sends requests for some time, or so many of them, and writes the run.
    ///
    /// - Parameters:
    ///   - requests: What is sent, by weight.
    ///   - amount: How long, or how many.
    ///   - trace: Where the trace goes.
    ///   - output: Where the run goes.
    ///   - replaces: Whether existing files may be overwritten.
    /// - Returns: What the run says.
    /// - Throws: When the target can't be reached, or a file can't be written.
    func send(
        _ requests: [LoadRequest],
        _ amount: Amount,
        trace: FilePath,
        output: FilePath,
        replacing replaces: Bool
    ) async throws -> RunAnalysis {
        var plan = LoadPlan(requests: requests, connectionCount: connectionCount)
        var configuration = ReplayConfiguration(
            target: target,
            pace: pace,
            connections: .shared(connectionCount),
            limits: ReplayLimits(timeout: timeout),
            seed: .random(in: .min ... .max)
        )
        configuration.trust = trust
        configuration.limits.drain = 1_000_000_000
        configuration.usesFreshConnections = usesFreshConnections
        configuration.consent.allowsRecordedTarget = true
        configuration.consent.allowsWritesElsewhere = true
        switch amount {
        case .requests(let count): plan.requestCount = count
        case .time(let duration):
            configuration.limits.duration = duration
            configuration.selection.loopCount = Self.mostRounds
        }
        try plan.write(to: trace, replacing: replaces)
        let replay = Replay(configuration)
        let prepared = try replay.prepare(trace: trace)
        var info = RunInfo(
            prepared,
            configuration,
            traceName: trace.lastComponent?.string ?? trace.string
        )
        // How many requests a closed loop sends in its time is not known before.
        if case .time = amount, pace == .maximum { info.planned = 0 }
        return try await ReplayRun(
            replay: replay,
            prepared: prepared,
            info: info,
            output: output,
            replaces: replaces,
            announcement: nil
        ).run().analysis
    }

    /// How long a load goes on.
    enum Amount {
        case requests(UInt64)
        /// In nanoseconds.
        case time(Int64)
    }
}
