import HTTPWire

/// What a replay does about requests that carry values of earlier responses.
public enum Causality: Equatable, Sendable {
    /// Such a request waits for that response.
    case order
    /// It waits, and carries the value that the target gave in place of the recorded one.
    case substitution
}

/// What a request of the plan has to do with the order of cause and effect.
struct CausalRole: Equatable, Sendable {
    /// A response that a request waits for, by a value of which it carries.
    struct Cause: Equatable, Sendable {
        /// The position in the plan of the request that gets the response.
        var producer: UInt64
        /// Which of the values that are wanted of the response.
        var value: Int
        /// Where the value stands in the bytes of the request; empty when it is sent as it is.
        var spots: [Spot]
    }

    /// A place of a value in the bytes of a request.
    struct Spot: Equatable, Sendable {
        var range: Range<Int>
        var place: RequestPlace
    }

    /// What the request waits for.
    var causes: [Cause] = []
    /// Where values that later requests carry stand in its response.
    var wanted: [ResponsePlace] = []
}

/// What came of a cause.
enum CauseEnd: Equatable, Sendable {
    /// The response has ended, and gave this value where one was wanted.
    case answered([UInt8]?)
    /// There was no whole response.
    case failed
}

/// The order of cause and effect of a trace, for those who plan and play it.
struct CausalPlan: Sendable {
    /// What was found in the trace.
    let edges: CausalEdges
    /// What is done about it.
    let causality: Causality
    /// The number of exchanges in the trace, by which the positions in the plan of the copies of
    /// an exchange differ.
    let exchangeCount: UInt64

    /// The position in the trace of the exchange at a position in the plan.
    func exchange(at index: UInt64) -> UInt64 { index % exchangeCount }

    /// What a request has to do with it.
    ///
    /// - Parameters:
    ///   - index: Its position in the plan.
    ///   - bytes: Its bytes as they are to be sent.
    ///   - bodyOffset: Where in them the body begins.
    /// - Returns: Its part; `nil` for most, which is nothing.
    func role(of index: UInt64, _ bytes: [UInt8], bodyOffset: Int) -> CausalRole? {
        let exchange = exchange(at: index)
        let carried = edges.numbers(ofConsumer: exchange)
        let given = edges.numbers(ofProducer: exchange)
        guard !carried.isEmpty || !given.isEmpty else { return nil }
        var role = CausalRole()
        if causality == .substitution {
            role.wanted = given.map { edges.values[Int($0)].place }
        }
        role.causes = carried.map { number in
            let producer = edges.values[Int(number)].producer
            return CausalRole.Cause(
                producer: index - exchange + producer,
                value: edges.numbers(ofProducer: producer).firstIndex(of: number) ?? 0,
                spots: []
            )
        }
        if causality == .substitution, !carried.isEmpty {
            findSpots(of: carried, in: bytes, bodyOffset, &role)
        }
        return role
    }

    private func findSpots(
        of numbers: ArraySlice<UInt32>,
        in bytes: [UInt8],
        _ bodyOffset: Int,
        _ role: inout CausalRole
    ) {
        guard let head = RequestHead(Array(bytes[..<bodyOffset])) else { return }
        let body = RequestBodyPlace(head, bytes, bodyOffset)
        RequestValues.forEach(head: head, body: Array(bytes[body.range])) { value, place in
            let start = place.isInBody ? body.range.lowerBound : 0
            for (index, number) in numbers.enumerated()
            where value.elementsEqual(edges.values[Int(number)].bytes) {
                let range = value.startIndex + start..<value.endIndex + start
                role.causes[index].spots.append(CausalRole.Spot(range: range, place: place))
            }
        }
    }
}

/// Where the content of a body stands in the bytes of a request of the plan, which has all of it in
/// one chunk if it is in chunks.
struct RequestBodyPlace {
    /// The content, without the framing of the chunk.
    let range: Range<Int>
    /// Whether it is in a chunk, whose size stands at the start of the body.
    let isChunked: Bool

    init(_ head: RequestHead, _ bytes: [UInt8], _ offset: Int) {
        isChunked = head.isChunked
        guard isChunked else {
            range = offset..<bytes.count
            return
        }
        let lineEnd = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count - 1
        let size = bytes[offset..<lineEnd].prefix { $0 != UInt8(ascii: "\r") }
        let count = Int(String(decoding: size, as: UTF8.self), radix: 16) ?? 0
        range = lineEnd + 1..<min(bytes.count, lineEnd + 1 + count)
    }
}
