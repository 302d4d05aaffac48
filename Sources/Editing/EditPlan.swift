public import TraceFormat

/// How several traces become one.
public struct EditPlan: Sendable {
    /// What one of the traces says of itself.
    public struct Source: Sendable {
        /// Its information.
        public var info: TraceInfo
        /// Its totals.
        public var summary: TraceSummary

        /// Takes both from a reader.
        public init(info: TraceInfo, summary: TraceSummary) {
            self.info = info
            self.summary = summary
        }
    }

    /// How the traces' times are put together.
    public enum Arrangement: Sendable {
        /// Each starts where the one before it ended.
        case oneAfterAnother
        /// All keep their Unix times.
        case byTime
    }

    /// Why traces can't be put together.
    public enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// The epochs are too far apart, or would be moved too far.
        case timesTooFarApart

        /// One sentence without a full stop.
        public var description: String {
            "the times of the result would be more than 73 years apart, or outside of the years "
                + "1824 to 2116"
        }
    }

    /// What the result says of itself.
    public let info: TraceInfo
    /// Where the traces stand in the result.
    public let inputs: [TraceEdit.Input]
    /// The traces' own ledgers, added up.
    public let ledger: Ledger

    /// Plans the result.
    ///
    /// - Parameters:
    ///   - sources: The traces in order; at least one.
    ///   - arrangement: How their times are put together.
    ///   - factor: By how much time goes on longer.
    ///   - shift: By how much the result is moved in Unix time, in nanoseconds.
    ///   - writer: The program that writes the result.
    /// - Throws: When the times don't fit in a trace.
    public init(
        _ sources: [Source],
        _ arrangement: Arrangement,
        factor: Double,
        shift: Int64,
        writer: String
    ) throws(Fault) {
        precondition(!sources.isEmpty, "an edit has an input")
        let (epoch, overflowed) = sources[0].info.epoch.addingReportingOverflow(shift)
        guard !overflowed, epoch.magnitude <= 1 << 62 else { throw .timesTooFarApart }
        inputs = try Self.inputs(sources, arrangement, factor)
        guard inputs.allSatisfy({ $0.start.magnitude <= 1 << 61 }) else { throw .timesTooFarApart }
        ledger = Self.sum(of: sources)
        var info = sources[0].info
        info.writer = writer
        info.source = "edit"
        info.epoch = epoch
        info.bodies = Self.leastBodies(sources)
        info.clock = Self.common(sources.map(\.info.clock)) ?? "several"
        info.redaction = Self.common(sources.map(\.info.redaction)) ?? "several"
        info.notes["edited_source"] = Self.common(sources.map(\.info.source)) ?? "several"
        self.info = info
    }

    private static func inputs(
        _ sources: [Source],
        _ arrangement: Arrangement,
        _ factor: Double
    ) throws(Fault) -> [TraceEdit.Input] {
        var inputs: [TraceEdit.Input] = []
        var nextStart = sources[0].summary.firstRequestTime ?? 0
        for source in sources {
            let first = source.summary.firstRequestTime ?? 0
            switch arrangement {
            case .oneAfterAnother:
                inputs.append(TraceEdit.Input(firstRequestTime: first, start: nextStart))
                let length = Double(max(0, (source.summary.lastTime ?? first) &- first)) * factor
                guard let end = Int64(exactly: length.rounded()),
                    !nextStart.addingReportingOverflow(end).overflow
                else { throw .timesTooFarApart }
                nextStart += end
            case .byTime:
                let distance = source.info.epoch.subtractingReportingOverflow(sources[0].info.epoch)
                let start = distance.partialValue.addingReportingOverflow(first)
                guard !distance.overflow, !start.overflow else { throw .timesTooFarApart }
                inputs.append(
                    TraceEdit.Input(firstRequestTime: first, start: start.partialValue)
                )
            }
        }
        guard arrangement == .byTime, factor != 1 else { return inputs }
        // Stretched, all inputs have to keep their distances from one common start.
        let origin = inputs.map(\.start).min() ?? 0
        return inputs.map { input in
            let distance = (Double(input.start &- origin) * factor).rounded()
            let start = origin.addingReportingOverflow(Int64(exactly: distance) ?? .max)
            return TraceEdit.Input(
                firstRequestTime: input.firstRequestTime,
                start: start.overflow ? .max : start.partialValue
            )
        }
    }

    private static func sum(of sources: [Source]) -> Ledger {
        var sum = Ledger()
        for source in sources {
            for group in source.summary.ledger?.groups ?? [] {
                // Of what was edited before, only the last edit's account is kept as its own.
                let name = group.name.hasPrefix("source_") ? group.name : "source_\(group.name)"
                for counter in group.counters {
                    sum[name, counter.name] = sum[name, counter.name] &+ counter.count
                }
            }
        }
        return sum
    }

    /// The least that one of the traces kept of bodies.
    private static func leastBodies(_ sources: [Source]) -> String {
        let bodies = sources.map(\.info.bodies)
        return ["none", "requests", "all"].first(where: bodies.contains) ?? bodies[0]
    }

    /// The text that all have; `nil` when they differ.
    private static func common(_ texts: [String]) -> String? {
        texts.allSatisfy { $0 == texts[0] } ? texts[0] : nil
    }
}
