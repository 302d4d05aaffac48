internal import JSONText

/// Finds the paths at which two JSON texts differ.
///
/// Members are compared by name, elements by position; of arrays of different lengths only the lengths
/// are told, because what was put in or left out would make all that follows differ. Numbers are
/// compared by value, strings without their escapes.
struct JSONComparison {
    private enum Step {
        case member(String)
        case element(Int)
    }

    /// Further paths of one pair of texts are only counted.
    static let limit = 256

    private let baseline: JSONDocument
    private let candidate: JSONDocument
    private let volatile: Set<String>
    private var steps: [Step] = []
    private var paths: Set<String> = []
    /// The first difference at each path, in the order of the baseline.
    private(set) var differences: [ContentDifference] = []
    /// How many further paths differ.
    private(set) var furtherCount = 0

    /// Compares two texts, without the paths that differ by nature.
    init(_ baseline: JSONDocument, _ candidate: JSONDocument, ignoring volatile: Set<String>) {
        self.baseline = baseline
        self.candidate = candidate
        self.volatile = volatile
        compare(baseline.root, candidate.root)
    }

    private mutating func compare(_ one: JSONDocument.Value, _ other: JSONDocument.Value) {
        switch (one, other) {
        case (.object(let one), .object(let other)): compare(one, other)
        case (.array(let one), .array(let other)): compare(one, other)
        case (.string(let one), .string(let other)):
            guard baseline.bytes[one] != candidate.bytes[other],
                baseline.text(ofString: one) != candidate.text(ofString: other)
            else { return }
            tell(.string(one), .string(other))
        case (.scalar(let one), .scalar(let other)):
            guard baseline.bytes[one] != candidate.bytes[other],
                !areEqualNumbers(baseline.text(ofScalar: one), candidate.text(ofScalar: other))
            else { return }
            tell(.scalar(one), .scalar(other))
        default: tell(one, other)
        }
    }

    private func areEqualNumbers(_ one: String, _ other: String) -> Bool {
        // Whole numbers with other digits are different, also those that Double takes for the same.
        let isWhole = { (text: String) in !text.contains { ".eE".contains($0) } }
        guard !isWhole(one) || !isWhole(other), let one = Double(one), let other = Double(other)
        else { return false }
        return one == other
    }

    private mutating func compare(_ one: [JSONDocument.Member], _ other: [JSONDocument.Member]) {
        var others: [String: [JSONDocument.Value]] = [:]
        for member in other.reversed() {
            others[candidate.text(ofString: member.name), default: []].append(member.value)
        }
        for member in one {
            let name = baseline.text(ofString: member.name)
            descend(.member(name)) { comparison in
                if let value = others[name]?.popLast() {
                    comparison.compare(member.value, value)
                } else {
                    comparison.tell(member.value, nil)
                }
            }
        }
        for member in other {
            let name = candidate.text(ofString: member.name)
            guard let value = others[name]?.popLast() else { continue }
            descend(.member(name)) { $0.tell(nil, value) }
        }
    }

    private mutating func compare(_ one: [JSONDocument.Value], _ other: [JSONDocument.Value]) {
        guard one.count == other.count else {
            return tell("\(one.count) elements", "\(other.count) elements")
        }
        let isUnordered = VolatileParts.unordered.contains(path(isExact: false))
        let (one, other) =
            isUnordered ? (sorted(one, of: baseline), sorted(other, of: candidate)) : (one, other)
        for (position, (value, counterpart)) in zip(one, other).enumerated() {
            descend(.element(position)) { $0.compare(value, counterpart) }
        }
    }

    private func sorted(
        _ values: [JSONDocument.Value],
        of document: JSONDocument
    ) -> [JSONDocument.Value] {
        values.sorted { text($0, of: document) < text($1, of: document) }
    }

    private mutating func descend(_ step: Step, _ body: (inout JSONComparison) -> Void) {
        steps.append(step)
        body(&self)
        steps.removeLast()
    }

    // MARK: - What is told

    private mutating func tell(_ one: JSONDocument.Value?, _ other: JSONDocument.Value?) {
        tell(one.map { text($0, of: baseline) }, other.map { text($0, of: candidate) })
    }

    private mutating func tell(_ one: String?, _ other: String?) {
        let path = path(isExact: false)
        guard !volatile.contains(path), paths.insert(path).inserted else { return }
        guard differences.count < Self.limit else {
            furtherCount += 1
            return
        }
        differences.append(
            ContentDifference(
                place: ContentPlace(part: .json, path: path),
                location: self.path(isExact: true),
                baseline: one.map { $0.shortened(to: ContentDifference.textLimit) },
                candidate: other.map { $0.shortened(to: ContentDifference.textLimit) }
            )
        )
    }

    private func text(_ value: JSONDocument.Value, of document: JSONDocument) -> String {
        switch value {
        case .object(let members): "{} of \(members.count)"
        case .array(let values): "[] of \(values.count)"
        case .string(let range): "\"\(document.text(ofString: range).printable)\""
        case .scalar(let range): document.text(ofScalar: range)
        }
    }

    /// The way from the root, as in `$.items[3]['a b']`; without positions unless it is exact.
    private func path(isExact: Bool) -> String {
        let path = steps.reduce(into: "$") { path, step in
            switch step {
            case .element(let position): path += isExact ? "[\(position)]" : "[]"
            case .member(let name):
                let isPlain =
                    !name.isEmpty
                    && name.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    }
                path += isPlain ? ".\(name)" : "['\(name.printable)']"
            }
        }
        return path.shortened(to: 2 * ContentDifference.textLimit)
    }
}
