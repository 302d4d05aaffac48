/// A raw content of an earlier block.
struct EarlierContent: Hashable {
    /// Where its block starts in the file.
    var block: Int64
    /// The first column of the bodies of its side.
    var base: UInt64
    /// Its place among the raw contents of that side.
    var number: Int
}

/// Decodes the bodies that a `BodyColumnsEncoder` encoded, in the same order.
struct BodyColumnsDecoder {
    /// How many bodies are without their bytes because an earlier block cannot be read.
    private(set) var lostCount = 0
    private let numbers: [Int64]
    private var position = 0
    /// The different bodies so far; others come with their first use.
    private var bodies: [RecordedBody] = []
    private let lengths: [Int64]
    private let framing: [Int64]
    private let places: [BodyPlace]
    private var fingerprints: ByteCursor
    private let raw: RawContents
    private var nextRaw = 0
    private let earlierBlocks: [Int64]
    private let earlierNumbers: [Int64]
    private var nextEarlier = 0
    private let base: UInt64
    private let blockOffset: Int64
    private let earlier: [EarlierContent: [UInt8]]

    /// Reads the columns whose first one has the identifier `base`, of the block at `blockOffset`,
    /// for so many messages; `earlier` has what could be read of `earlierPlaces`.
    init(
        _ reader: ColumnPayloadReader,
        base: UInt64,
        count: Int,
        blockOffset: Int64,
        earlier: [EarlierContent: [UInt8]]
    ) throws(BlockFault) {
        self.base = base
        self.blockOffset = blockOffset
        self.earlier = earlier
        numbers = try reader.integers(base + BodyColumn.numbers, count: count)
        var places: [BodyPlace] = []
        for (offset, byte) in try reader.column(base + BodyColumn.places).enumerated() {
            guard let place = BodyPlace(rawValue: byte) else {
                throw .contents(.value, offset: offset)
            }
            places.append(place)
        }
        self.places = places
        lengths = try reader.integers(base + BodyColumn.lengths, count: places.count)
        framing = try reader.integers(base + BodyColumn.framing, count: places.count)
        fingerprints = try reader.cursor(base + BodyColumn.fingerprints)
        raw = try RawContents(reader, base: base)
        let earlierCount = places.count { $0 == .earlier }
        earlierBlocks = try reader.integers(base + BodyColumn.earlierBlocks, count: earlierCount)
        earlierNumbers = try reader.integers(base + BodyColumn.earlierNumbers, count: earlierCount)
    }

    /// Whether everything was used.
    var isAtEnd: Bool {
        position == numbers.count && bodies.count == places.count && fingerprints.isAtEnd
            && nextRaw == raw.count
    }

    /// The body of the next message; texts come from `texts`.
    mutating func next(_ texts: inout TextColumnsDecoder) throws(BlockFault) -> RecordedBody {
        guard position < numbers.count else { throw .contents(.cutShort, offset: 0) }
        let number = numbers[position]
        position += 1
        if number == 0 { return .empty }
        guard number > 0, number <= Int64(bodies.count) + 1 else {
            throw .contents(.value, offset: 0)
        }
        if number <= bodies.count { return bodies[Int(number) - 1] }
        guard bodies.count < places.count else { throw .contents(.cutShort, offset: 0) }
        let body = try newBody(bodies.count, &texts)
        bodies.append(body)
        return body
    }

    private mutating func newBody(
        _ index: Int,
        _ texts: inout TextColumnsDecoder
    ) throws(BlockFault) -> RecordedBody {
        let place = places[index]
        var bytes: [UInt8]?
        switch place {
        case .nowhere:
            break
        case .text, .textOfOtherFingerprint:
            bytes = try texts.next(field: PlainField.body)
        case .raw:
            bytes = raw[nextRaw]
            guard bytes != nil else { throw .contents(.cutShort, offset: 0) }
            nextRaw += 1
        case .earlier:
            bytes = try earlierContent()
            if bytes == nil { lostCount += 1 }
        }
        let textCount = place.isText ? bytes?.count ?? 0 : 0
        let length = UInt64(bitPattern: lengths[index]) &+ UInt64(textCount)
        return RecordedBody(
            length: length,
            wireLength: length &+ UInt64(bitPattern: framing[index]),
            fingerprint: place == .text
                ? Fingerprint(of: bytes ?? []) : try fingerprints.fingerprint(),
            bytes: bytes
        )
    }

    private mutating func earlierContent() throws(BlockFault) -> [UInt8]? {
        let distance = earlierBlocks[nextEarlier]
        let number = earlierNumbers[nextEarlier]
        nextEarlier += 1
        guard distance >= 0, distance <= blockOffset, number >= 0, number <= Int64(Int32.max) else {
            throw .contents(.value, offset: 0)
        }
        if distance == 0 {
            guard number < Int64(nextRaw), let bytes = raw[Int(number)] else {
                throw .contents(.value, offset: 0)
            }
            return bytes
        }
        return earlier[
            EarlierContent(block: blockOffset - distance, base: base, number: Int(number))
        ]
    }

    /// The contents of earlier blocks that bodies of the block at `blockOffset` have, as far as
    /// these are asked for.
    static func earlierPlaces(
        _ reader: ColumnPayloadReader,
        _ depth: ReadingDepth = .whole,
        blockOffset: Int64
    ) throws(BlockFault) -> Set<EarlierContent> {
        var places: Set<EarlierContent> = []
        var bases: [UInt64] = []
        if depth.ofRequests.includesBody { bases.append(TraceColumn.requestBodies.rawValue) }
        if depth.ofResponses.includesBody { bases.append(TraceColumn.responseBodies.rawValue) }
        for base in bases {
            var blocks = try reader.cursor(base + BodyColumn.earlierBlocks)
            let distances = try blocks.allIntegers(atMost: Layout.rawSizeLimit)
            let numbers = try reader.integers(
                base + BodyColumn.earlierNumbers,
                count: distances.count
            )
            for (distance, number) in zip(distances, numbers) {
                guard 0...blockOffset ~= distance, 0...Int64(Int32.max) ~= number else {
                    throw .contents(.value, offset: 0)
                }
                if distance == 0 { continue }
                places.insert(
                    EarlierContent(
                        block: blockOffset - distance,
                        base: base,
                        number: Int(number)
                    )
                )
            }
        }
        return places
    }
}
