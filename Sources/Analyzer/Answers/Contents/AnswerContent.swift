internal import HTTPWire
internal import JSONText
internal import TraceFormat

/// What came with an answer, as far as it was kept.
struct AnswerContent {
    let index: UInt64
    let method: String
    let target: String
    /// Zero if no whole answer came.
    let status: UInt16
    let fields: FieldLines
    /// `nil` if it was not kept.
    let body: [UInt8]?

    /// What a run kept.
    init(_ outcome: Outcome) {
        index = outcome.index
        (method, target) = (outcome.method, outcome.target)
        let isWhole = outcome.result == .completed
        status = isWhole ? outcome.status ?? 0 : 0
        fields = FieldLines(isWhole ? outcome.keptFields : [])
        body = isWhole ? outcome.keptBody : nil
    }

    /// What a recording has, of the exchange at this position.
    init(_ exchange: Exchange, index: UInt64) {
        self.index = index
        let head = RequestHead(exchange.request.head)
        (method, target) = (head?.method ?? "", head?.target ?? "")
        let response = exchange.response.flatMap { $0.message.isComplete ? $0 : nil }
        status = response?.status ?? 0
        fields = FieldLines(ofHead: response?.message.head ?? [])
        body = response?.message.body.bytes
    }

    /// About how many bytes of memory it takes.
    var byteCount: Int { 128 + fields.bytes.count + (body?.count ?? 0) }
}

/// How two answers to one request differ.
struct ContentComparison {
    private(set) var differences: [ContentDifference] = []
    /// How many further places differ.
    private(set) var furtherCount = 0
    /// What could be said of the bodies.
    private(set) var bodies = Bodies.notKept

    /// What can be said of two bodies.
    enum Bodies {
        /// One of them was not kept, or they differ by nature.
        case notKept
        /// They have a coding that can't be undone, and other bytes.
        case unreadable
        /// The same content was compressed or written down in another way.
        case sameContent
        case same, different
    }

    /// Compares answers with the same status.
    ///
    /// - Parameters:
    ///   - baseline: The answer of the baseline.
    ///   - candidate: The one of the candidate.
    ///   - fields: The names of the header fields that both sides have kept, in lower case.
    init(_ baseline: AnswerContent, _ candidate: AnswerContent, fields: [String]) {
        for name in fields where !VolatileParts.fields.contains(name) {
            compareField(name, baseline.fields.values(of: name), candidate.fields.values(of: name))
        }
        guard let one = baseline.body, let other = candidate.body,
            !Answer.isWordedFreely(baseline.status)
        else { return }
        let route = Route(target: baseline.target)
        guard !VolatileParts.isWhole(route) else { return }
        guard one != other else {
            bodies = .same
            return
        }
        guard let before = baseline.content(of: one), let after = candidate.content(of: other)
        else {
            bodies = .unreadable
            return
        }
        let count = differences.count
        compareBodies(before, after, ignoring: VolatileParts.paths(of: route))
        bodies = differences.count == count ? .sameContent : .different
    }

    private mutating func compareField(_ name: String, _ one: [String], _ other: [String]) {
        guard one != other else { return }
        let shown = { (values: [String]) in
            values.isEmpty
                ? nil
                : values.joined(separator: ", ").printable
                    .shortened(to: ContentDifference.textLimit)
        }
        differences.append(
            ContentDifference(
                place: ContentPlace(part: .header, path: name.printable),
                location: name.printable,
                baseline: shown(one),
                candidate: shown(other)
            )
        )
    }

    private mutating func compareBodies(
        _ one: [UInt8],
        _ other: [UInt8],
        ignoring volatile: Set<String>
    ) {
        guard let before = JSONDocument(one), let after = JSONDocument(other) else {
            differences += [firstDifference(one, other)].compactMap(\.self)
            return
        }
        let comparison = JSONComparison(before, after, ignoring: volatile)
        differences += comparison.differences
        furtherCount = comparison.furtherCount
    }
}

extension AnswerContent {
    fileprivate func content(of body: [UInt8]) -> [UInt8]? {
        ContentCodings.content(of: body, codings: fields.values(of: "content-encoding"))
    }
}
