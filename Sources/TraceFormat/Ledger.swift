/// Named counters that account for everything that a recorder or a replayer saw.
///
/// Groups and counters keep the order in which they were first named, so that the same work
/// always prints the same ledger.
public struct Ledger: Equatable, Sendable {
    /// Some counters that belong together, such as `packets`.
    public struct Group: Equatable, Sendable {
        /// The group's name.
        public var name: String
        /// The counters in order.
        public var counters: [Counter]
    }

    /// One count under its name.
    public struct Counter: Equatable, Sendable {
        /// The counter's name, lower case with underscores.
        public var name: String
        /// How many.
        public var count: UInt64
    }

    /// The groups in order.
    public private(set) var groups: [Group] = []

    /// Makes an empty ledger.
    public init() {}

    /// Reads or sets one counter; one that was never set reads as zero.
    public subscript(group: String, counter: String) -> UInt64 {
        get {
            groups.first { $0.name == group }?
                .counters.first { $0.name == counter }?.count ?? 0
        }
        set {
            let groupIndex = index(ofGroup: group)
            let counters = groups[groupIndex].counters
            if let index = counters.firstIndex(where: { $0.name == counter }) {
                groups[groupIndex].counters[index].count = newValue
            } else {
                groups[groupIndex].counters.append(Counter(name: counter, count: newValue))
            }
        }
    }

    private mutating func index(ofGroup name: String) -> Int {
        if let index = groups.firstIndex(where: { $0.name == name }) { return index }
        groups.append(Group(name: name, counters: []))
        return groups.count - 1
    }
}
