import HTTPWire
import TraceFormat

/// Finds out which recorded requests carry a value that an earlier response was the first to give.
///
/// Takes the exchanges in order of time, and remembers a limited number of values.
struct CausalFinder {
    /// How many values are remembered at a time.
    static let valueLimit = 1 << 17
    /// How many edges are kept for the replay.
    static let edgeLimit = 1 << 22

    private var firstSeen: FirstSeenValues
    private let edgeLimit: Int
    private var edges = CausalEdges()
    /// The numbers of the values that some request carries, by their producer.
    private var numbers: [UInt64: [UInt32]] = [:]

    init(valueLimit: Int = CausalFinder.valueLimit, edgeLimit: Int = CausalFinder.edgeLimit) {
        firstSeen = FirstSeenValues(limit: valueLimit)
        self.edgeLimit = edgeLimit
    }

    /// Looks at an exchange.
    ///
    /// - Parameters:
    ///   - exchange: The next one in order of time.
    ///   - index: Its position in the trace.
    ///   - isPlayed: Whether it is part of this replay.
    mutating func add(_ exchange: Exchange, index: UInt64, isPlayed: Bool) {
        // Over HTTP/2 heads are kept in the form of HTTP/1 with another version.
        var request = exchange.request
        _ = request.becomeHTTP1()
        if let head = RequestHead(request.head) {
            addRequest(head, request, index: index, isPlayed: isPlayed)
        }
        guard let message = exchange.response?.message, message.isComplete,
            let head = ResponseHead(message.head.asHTTP1)
        else { return }
        addResponse(head, message, index: index, isPlayed: isPlayed)
    }

    /// What was found.
    consuming func finish() -> CausalEdges {
        edges.account.forgottenValues = firstSeen.forgottenCount
        edges.setProducers(numbers)
        return edges
    }

    private mutating func addRequest(
        _ head: RequestHead,
        _ request: RecordedMessage,
        index: UInt64,
        isPlayed: Bool
    ) {
        var carried: Set<[UInt8]> = []
        RequestValues.forEach(head: head, body: request.body.bytes ?? []) { value, _ in
            if DistinctiveValue.isOne(value) { carried.insert(Array(value)) }
        }
        // In an order that does not depend on the run of the program.
        for value in carried.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            switch firstSeen.source(of: value) {
            case .client?: break
            case .response(let producer)? where producer.end <= request.firstByteTime:
                if isPlayed { addEdge(from: producer, value, to: index) }
            case .response?, nil: firstSeen.set(value, .client)
            }
        }
    }

    private mutating func addEdge(
        from producer: FirstSeenValues.Producer,
        _ value: [UInt8],
        to consumer: UInt64
    ) {
        guard producer.isPlayed else { return edges.account.elsewhere += 1 }
        guard edges.count < edgeLimit else { return edges.account.forgottenEdges += 1 }
        let known = numbers[producer.exchange]?.first { edges.values[Int($0)].bytes == value }
        let number = known ?? UInt32(edges.values.count)
        if known == nil {
            edges.values.append(
                CausalValue(producer: producer.exchange, place: producer.place, bytes: value)
            )
            numbers[producer.exchange, default: []].append(number)
        }
        edges.append(value: number, consumer: consumer)
    }

    private mutating func addResponse(
        _ head: ResponseHead,
        _ message: RecordedMessage,
        index: UInt64,
        isPlayed: Bool
    ) {
        let values = ResponseValues(head, body: message.body.bytes)
        if values.lacksBody { edges.account.unreadBodies += 1 }
        values.forEach { value, place in
            guard DistinctiveValue.isOne(value) else { return }
            let value = Array(value)
            switch firstSeen.source(of: value) {
            case .client?: return
            case .response(let earlier)? where earlier.end <= message.lastByteTime: return
            case .response?, nil: break
            }
            let producer = FirstSeenValues.Producer(
                exchange: index,
                end: message.lastByteTime,
                place: place(),
                isPlayed: isPlayed
            )
            firstSeen.set(value, .response(producer))
        }
    }
}

extension [UInt8] {
    /// The head of a response in the spelling of HTTP/1.1, where it was recorded over HTTP/2.
    fileprivate var asHTTP1: [UInt8] {
        let version = Array("HTTP/2 ".utf8)
        return starts(with: version) ? Array("HTTP/1.1 ".utf8) + self[version.count...] : self
    }
}
