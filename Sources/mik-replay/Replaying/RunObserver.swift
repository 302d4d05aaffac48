import Analyzer
import Synchronization
import TraceFormat

/// Analyses the outcomes of a replay as they come, so that its file need not be read again.
final class RunObserver: Sendable {
    private let analyzer = Mutex<RunAnalyzer?>(nil)

    /// Begins a run that says this of itself.
    func begin(_ info: RunInfo) {
        analyzer.withLock { $0 = RunAnalyzer(info: info) }
    }

    /// Takes outcomes.
    func add(_ outcomes: [Outcome]) {
        analyzer.withLock { $0?.add(outcomes) }
    }

    /// Analyses everything; `nil` when nothing was begun.
    func finish(_ ending: RunEnding) -> RunAnalysis? {
        analyzer.withLock { $0.take() }?.finish(ending: ending)
    }
}
