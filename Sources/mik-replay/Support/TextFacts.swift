import TraceFormat

/// Names and values in two columns.
struct TextFacts {
    private(set) var text: String

    init(title: String) {
        text = title + "\n"
    }

    mutating func add(_ name: String, _ value: String) {
        text += "  \(name.padded(to: 16))\(value)\n"
    }

    mutating func add(damage: [String]) {
        for damage in damage { add("damage", damage) }
    }

    /// Adds a line for each group of counters, without those that stayed zero.
    mutating func add(_ ledger: Ledger?) {
        for group in ledger?.groups ?? [] {
            let counters = group.counters.filter { $0.count > 0 }
                .map { "\($0.name) \($0.count)" }
            add(group.name, counters.isEmpty ? "none" : counters.joined(separator: ", "))
        }
    }
}
