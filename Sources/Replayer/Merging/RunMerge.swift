public import TraceFormat

/// Why runs are not the shards of one replay.
public enum MergeError: Error, Equatable, Sendable {
    /// A run does not say which shard it is.
    case noShard(file: String)
    /// A run was never finished, so outcomes are missing.
    case unfinished(file: String)
    /// Two runs differ in something that all shards of a replay share.
    case differing(what: String, first: String, other: String, file: String)
    /// A shard is there twice.
    case doubled(shard: String, file: String)
    /// Some shards are not there.
    case missing(shards: [String])
    /// The runs began further apart than is allowed, in nanoseconds.
    case startsApart(nanoseconds: Int64, limit: Int64)
}

extension MergeError: CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String {
        switch self {
        case .noShard(let file): "\(file) is no shard of a replay (--shard i/n)"
        case .unfinished(let file): "\(file) was never finished, so outcomes are missing"
        case .differing(let what, let first, let other, let file):
            "\(file) has another \(what) than the first run: \(other), not \(first)"
        case .doubled(let shard, let file): "\(file) is shard \(shard), which is there already"
        case .missing(let shards): "shards are missing: \(shards.joined(separator: ", "))"
        case .startsApart(let nanoseconds, let limit):
            "the runs began \(nanoseconds / 1_000_000) ms apart, over the limit of "
                + "\(limit / 1_000_000) ms"
        }
    }
}

/// Puts the runs of all shards of a replay together to the run that one replayer would have made.
///
/// Outcomes are taken over as they are, so all that is computed from them is exact.
public struct RunMerge: Equatable, Sendable {
    /// One run, as it says of itself.
    public struct Part: Equatable, Sendable {
        /// The name of its file, for errors.
        public var file: String
        /// What it says at its start.
        public var info: RunInfo
        /// What it says at its end; `nil` if it was never finished.
        public var ending: RunEnding?

        /// Makes a part.
        public init(file: String, info: RunInfo, ending: RunEnding?) {
            self.file = file
            self.info = info
            self.ending = ending
        }
    }

    /// The positions of the runs, in the order of their shards.
    public let order: [Int]
    /// What the whole run says of itself at its start.
    public let info: RunInfo
    /// What it says at its end.
    public let ending: RunEnding
    /// What is added to the connection numbers of each run, in the order of shards.
    private let firstConnections: [UInt64]

    /// Checks that the runs are all shards of one replay.
    ///
    /// - Parameters:
    ///   - parts: The runs in any order.
    ///   - startLimit: How far apart they may have begun, in nanoseconds.
    /// - Throws: `MergeError`.
    public init(_ parts: [Part], startLimit: Int64) throws(MergeError) {
        order = try Self.order(parts)
        let parts = order.map { parts[$0] }
        for part in parts.dropFirst() { try parts[0].requireSameReplay(as: part) }
        let starts = parts.map(\.info.startedAt)
        let apart = (starts.max() ?? 0) - (starts.min() ?? 0)
        guard apart <= startLimit else {
            throw .startsApart(nanoseconds: apart, limit: startLimit)
        }
        var ending = RunEnding(isPartial: false, duration: 0)
        var firstConnections: [UInt64] = []
        for part in parts {
            guard let partEnding = part.ending else { throw .unfinished(file: part.file) }
            firstConnections.append(ending.ledger["connections", "opened"])
            // Each shard read the whole trace.
            ending.add(partEnding) { group, name in
                // Every part looked through the whole trace, in a process of its own.
                group == "trace" || group == "descriptors"
                    || ["forgotten_values", "unread_bodies"].contains(name)
            }
        }
        self.ending = ending
        self.firstConnections = firstConnections
        info = Self.info(parts, startedAt: starts.min() ?? 0)
    }

    /// The outcome as it stands in the whole run; `shard` counts from 0 in the order of shards.
    public func outcome(_ outcome: Outcome, ofShard shard: Int) -> Outcome {
        var outcome = outcome
        outcome.liveConnection = outcome.liveConnection.map { $0 &+ firstConnections[shard] }
        return outcome
    }

    /// The positions of the parts by their shards, each of which is there once.
    private static func order(_ parts: [Part]) throws(MergeError) -> [Int] {
        var positions: [UInt64: Int] = [:]
        var count: UInt64 = 0
        for (position, part) in parts.enumerated() {
            guard let shard = part.info.environment["shard"].flatMap({ Shard($0) }) else {
                throw .noShard(file: part.file)
            }
            if position == 0 { count = shard.count }
            guard shard.count == count else {
                throw .differing(
                    what: "number of shards",
                    first: "\(count)",
                    other: "\(shard.count)",
                    file: part.file
                )
            }
            guard positions.updateValue(position, forKey: shard.number) == nil else {
                throw .doubled(shard: shard.description, file: part.file)
            }
        }
        let missing = (1...max(1, count)).filter { positions[$0] == nil }
        guard missing.isEmpty else {
            throw .missing(shards: missing.prefix(10).map { "\($0)/\(count)" })
        }
        return (1...count).compactMap { positions[$0] }
    }

    private static func info(_ parts: [Part], startedAt: Int64) -> RunInfo {
        var info = parts[0].info
        info.planned = parts.reduce(0) { $0 &+ $1.info.planned }
        info.startedAt = startedAt
        info.environment["shard"] = nil
        info.environment["merged_shards"] = "\(parts.count)"
        for name in ["host", "kernel", "cores", "spin", "load_average"] {
            var values: [String] = []
            for part in parts {
                let value = part.info.environment[name] ?? ""
                if !values.contains(value) { values.append(value) }
            }
            info.environment[name] = values.joined(separator: ", ")
        }
        let modes = info.environment["modes"]?.split(separator: ",").map { $0.drop { $0 == " " } }
        let kept = modes?.filter { !$0.hasPrefix("shard ") }.joined(separator: ", ")
        info.environment["modes"] = kept == "" ? nil : kept
        return info
    }
}

extension RunMerge.Part {
    /// Checks that another run is of the same trace, in the same way, against the same target.
    fileprivate func requireSameReplay(as other: RunMerge.Part) throws(MergeError) {
        let facts: [(what: String, of: (RunMerge.Part) -> String)] = [
            ("trace", { $0.info.traceHash }), ("speed", { $0.info.speed }),
            ("target", { $0.info.target }), ("connection policy", { $0.info.connections }),
            ("seed", { $0.info.environment["seed"] ?? "" }),
            ("time limit", { $0.info.environment["timeout_ns"] ?? "" }),
            ("mode", { $0.modesWithoutShard }),
        ]
        for fact in facts where fact.of(self) != fact.of(other) {
            throw .differing(
                what: fact.what,
                first: fact.of(self),
                other: fact.of(other),
                file: other.file
            )
        }
    }

    private var modesWithoutShard: String {
        let modes = info.environment["modes"]?.split(separator: ",") ?? []
        return modes.filter { !$0.contains("shard ") }.joined(separator: ",")
    }
}

extension RunEnding {
    /// Adds the end of another part: counts add up, and of times the longest counts.
    ///
    /// - Parameters:
    ///   - other: The end of the other part.
    ///   - isShared: Whether the greatest of a counter counts, by the names of its group and its own.
    mutating func add(_ other: RunEnding, where isShared: (String, String) -> Bool) {
        isPartial = isPartial || other.isPartial
        duration = max(duration, other.duration)
        for group in other.ledger.groups {
            for counter in group.counters {
                let count = ledger[group.name, counter.name]
                let isGreatest =
                    counter.name == "longest_stall_microseconds"
                    || isShared(group.name, counter.name)
                ledger[group.name, counter.name] =
                    isGreatest ? max(count, counter.count) : count &+ counter.count
            }
        }
    }
}
