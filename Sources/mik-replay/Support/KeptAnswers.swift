import Analyzer
import SystemPackage
import TraceFormat

/// What runs kept of their answers, read side by side.
enum KeptAnswers {
    /// Says where the answers of two runs differ.
    ///
    /// - Parameters:
    ///   - baseline: The run to compare with.
    ///   - candidate: The run to compare.
    ///   - twin: A second run of the baseline, which tells the noise.
    ///   - rules: How requests are grouped into routes.
    /// - Returns: What differs; `nil` if one of the runs kept no more than the usual.
    /// - Throws: `TraceError` when a file can't be read.
    static func changes(
        baseline: FilePath,
        candidate: FilePath,
        twin: FilePath?,
        rules: RouteRules
    ) throws(TraceError) -> ContentChanges? {
        guard let tally = try tally(baseline, candidate, rules) else { return nil }
        var noise: ContentTally?
        if let twin { noise = try Self.tally(baseline, twin, rules) }
        return ContentChanges(tally, noise: noise)
    }

    private static func tally(
        _ baseline: FilePath,
        _ candidate: FilePath,
        _ rules: RouteRules
    ) throws(TraceError) -> ContentTally? {
        var one = RunPart(try RunReader(opening: baseline))
        var other = RunPart(try RunReader(opening: candidate))
        let fields = one.info.keptFields(with: other.info)
        guard one.info.traceHash == other.info.traceHash, !fields.isEmpty else { return nil }
        var pairing = ContentPairing(fields: fields, rules: rules)
        while !one.isAtEnd || !other.isAtEnd {
            if other.isAtEnd || one.isBehind(other.position) {
                for outcome in try one.next() { pairing.add(outcome, to: .baseline) }
            } else {
                for outcome in try other.next() { pairing.add(outcome, to: .candidate) }
            }
        }
        return pairing.finish()
    }

    /// Says where the answers of a run differ from those of the trace that it replayed.
    ///
    /// - Throws: `CommandFailure` when the run kept nothing, or the trace is another one, and
    ///   `TraceError` when a file can't be read.
    static func changes(
        recording: FilePath,
        run: FilePath,
        rules: RouteRules
    ) throws -> ContentChanges {
        let trace = try TraceReader(opening: recording)
        var part = RunPart(try RunReader(opening: run))
        let fields = part.info.keptFields
        guard !fields.isEmpty else {
            throw CommandFailure(
                "\(run.string) keeps no answers to compare; replay with --keep-bodies",
                .badData
            )
        }
        guard trace.summary.contentHash == part.info.traceHash else {
            throw CommandFailure(
                "\(recording.string) is not the trace that \(run.string) replayed",
                .badData
            )
        }
        let exchangeCount = trace.summary.exchanges
        var pairing = ContentPairing(fields: fields, rules: rules)
        var records = trace.orderedByTime()
        var position: UInt64? = 0
        while position != nil || !part.isAtEnd {
            guard let index = position, !part.isBehind(index) else {
                // What is played again has no exchange of its own.
                for outcome in try part.next() where outcome.index < exchangeCount {
                    pairing.add(outcome, to: .candidate)
                }
                continue
            }
            let record = try records.next()
            position = record == nil ? nil : record?.exchangeIndex ?? index
            if case .exchange(let exchange) = record?.record, let index = record?.exchangeIndex {
                pairing.add(exchange, index: index)
            }
        }
        return ContentChanges(pairing.finish())
    }
}

/// A run that is read block by block beside something else.
private struct RunPart: ~Copyable {
    private var reader: RunReader
    let info: RunInfo
    /// The highest index so far.
    private(set) var position: UInt64 = 0
    private(set) var isAtEnd = false

    init(_ reader: consuming RunReader) {
        info = reader.info
        self.reader = reader
    }

    /// Whether it is to be read on before what has come as far as this.
    func isBehind(_ position: UInt64) -> Bool { !isAtEnd && self.position <= position }

    /// The next outcomes; none at the end.
    mutating func next() throws(TraceError) -> [Outcome] {
        guard let outcomes = try reader.nextBlockOfOutcomes() else {
            isAtEnd = true
            return []
        }
        position = max(position, outcomes.lazy.map(\.index).max() ?? position)
        return outcomes
    }
}
