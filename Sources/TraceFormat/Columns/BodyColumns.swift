internal import Crypto

/// The columns of the bodies of one side, by their distance from the first one.
enum BodyColumn {
    /// Which body each message has: 0 an empty one, n the n-th different one of the block.
    static let numbers: UInt64 = 0
    /// The lengths of the different bodies; of texts less the bytes kept.
    static let lengths: UInt64 = 1
    /// What they took on the wire, less the lengths.
    static let framing: UInt64 = 2
    /// Where their bytes are.
    static let places: UInt64 = 3
    /// The fingerprints that cannot be taken from the bytes.
    static let fingerprints: UInt64 = 4
    /// The lengths of the raw contents.
    static let rawLengths: UInt64 = 5
    /// The raw contents.
    static let rawContents: UInt64 = 6
    /// The blocks of contents that were kept before, as distances from this block in the file.
    static let earlierBlocks: UInt64 = 7
    /// The numbers of those contents in their blocks.
    static let earlierNumbers: UInt64 = 8
    /// How many columns there are.
    static let count: UInt64 = 9

    static func name(_ offset: UInt64) -> String {
        switch offset {
        case numbers: "numbers"
        case lengths, framing, rawLengths: "lengths"
        case places: "places"
        case fingerprints: "fingerprints"
        case rawContents: "contents"
        default: "references"
        }
    }
}

/// Where the bytes of a body are.
///
/// The raw values are those of the file.
enum BodyPlace: UInt8 {
    /// They were not kept.
    case nowhere = 0
    /// Among the texts of the block, and the fingerprint is theirs.
    case text = 1
    /// Among the texts of the block, and the fingerprint, which stands in the file, is not theirs.
    case textOfOtherFingerprint = 2
    /// Among the raw contents of the block, as the next one.
    case raw = 3
    /// Among the raw contents of this or an earlier block.
    case earlier = 4

    /// A body of fewer bytes than this is kept as a text, if it is one.
    static let textLimit = 1024
}

/// A raw content in the file.
struct ContentPlace {
    /// Where its block starts.
    var block: Int64
    /// Its place among the raw contents of the block.
    var number: Int
}

/// Remembers where contents were kept, up to a bounded number, the oldest going first.
struct ContentDictionary: Sendable {
    private static let limit = 4096
    private var places: [SHA256Digest: ContentPlace] = [:]
    private var order: [SHA256Digest] = []
    private var oldest = 0

    subscript(digest: SHA256Digest) -> ContentPlace? { places[digest] }

    mutating func insert(_ digest: SHA256Digest, _ place: ContentPlace) {
        if order.count < ContentDictionary.limit {
            order.append(digest)
        } else {
            places[order[oldest]] = nil
            order[oldest] = digest
            oldest = (oldest + 1) % order.count
        }
        places[digest] = place
    }
}

/// Encodes the bodies of the requests or the responses of one block, each different one once.
struct BodyColumnsEncoder: Sendable {
    private var numbers: [Int64] = []
    private var bodies = ByteTable()
    private var key: [UInt8] = []
    private var lengths: [Int64] = []
    private var framing: [Int64] = []
    private var places: [UInt8] = []
    private var fingerprints: [UInt8] = []
    private var rawLengths: [Int64] = []
    private var rawContents: [UInt8] = []
    private var earlierBlocks: [Int64] = []
    private var earlierNumbers: [Int64] = []
    /// The bytes of the different raw contents, those of earlier blocks included.
    private(set) var contentSize = 0

    /// About how many bytes it will take, before compression.
    var weight: Int { numbers.count + fingerprints.count + rawContents.count }

    /// Adds a body of the block at `position`; small texts go to `texts`.
    mutating func append(
        _ body: RecordedBody,
        texts: inout TextColumnsEncoder,
        contents: inout ContentDictionary,
        position: Int64
    ) {
        guard body != .empty else {
            numbers.append(0)
            return
        }
        let digest = makeKey(of: body)
        let (number, isNew) = bodies.insert(key, key.indices)
        numbers.append(Int64(number) + 1)
        guard isNew else { return }
        let place = place(of: body, digest, &texts, &contents, position)
        let textCount = place.isText ? body.bytes?.count ?? 0 : 0
        lengths.append(Int64(bitPattern: body.length &- UInt64(textCount)))
        framing.append(Int64(bitPattern: body.wireLength &- body.length))
        places.append(place.rawValue)
        if place != .text { fingerprints.append(fingerprint: body.fingerprint) }
    }

    /// Puts the bytes of a new body where they belong.
    private mutating func place(
        of body: RecordedBody,
        _ digest: SHA256Digest?,
        _ texts: inout TextColumnsEncoder,
        _ contents: inout ContentDictionary,
        _ position: Int64
    ) -> BodyPlace {
        guard let bytes = body.bytes else { return .nowhere }
        guard let digest else {
            texts.append(bytes, field: PlainField.body)
            return Fingerprint(of: bytes) == body.fingerprint ? .text : .textOfOtherFingerprint
        }
        contentSize += bytes.count
        if let place = contents[digest] {
            earlierBlocks.append(position - place.block)
            earlierNumbers.append(Int64(place.number))
            return .earlier
        }
        contents.insert(digest, ContentPlace(block: position, number: rawLengths.count))
        rawLengths.append(Int64(bytes.count))
        rawContents += bytes
        return .raw
    }

    /// Makes the key by which a body is known again, and the digest of raw contents.
    private mutating func makeKey(of body: RecordedBody) -> SHA256Digest? {
        key.removeAll(keepingCapacity: true)
        key.append(fingerprint: body.fingerprint)
        key.append(variable: body.length)
        key.append(variable: body.wireLength)
        guard let bytes = body.bytes else {
            key.append(BodyPlace.nowhere.rawValue)
            return nil
        }
        guard bytes.isRawContent else {
            key.append(BodyPlace.text.rawValue)
            key.append(contentsOf: bytes)
            return nil
        }
        let digest = SHA256.hash(data: bytes)
        key.append(BodyPlace.raw.rawValue)
        key.append(contentsOf: digest)
        return digest
    }

    /// Adds the columns to a block; the first one has the identifier `base`.
    func write(to writer: inout ColumnPayloadWriter, base: UInt64) {
        writer.append(base + BodyColumn.numbers, integers: numbers)
        writer.append(base + BodyColumn.lengths, integers: lengths)
        writer.append(base + BodyColumn.framing, integers: framing)
        writer.append(base + BodyColumn.places, places)
        writer.append(base + BodyColumn.fingerprints, fingerprints)
        writer.append(base + BodyColumn.rawLengths, integers: rawLengths)
        writer.append(base + BodyColumn.rawContents, rawContents)
        writer.append(base + BodyColumn.earlierBlocks, integers: earlierBlocks)
        writer.append(base + BodyColumn.earlierNumbers, integers: earlierNumbers)
    }
}

extension BodyPlace {
    /// Whether the bytes are among the texts.
    var isText: Bool { self == .text || self == .textOfOtherFingerprint }
}

extension [UInt8] {
    /// Whether a body of these bytes is kept as it is: large ones are, and those that are no text.
    fileprivate var isRawContent: Bool {
        count >= BodyPlace.textLimit
            || contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    }
}

/// The raw contents of one side of a block.
struct RawContents {
    private let bytes: [UInt8]
    private var ranges: [Range<Int>] = []

    init(_ reader: ColumnPayloadReader, base: UInt64) throws(BlockFault) {
        bytes = try reader.column(base + BodyColumn.rawContents)
        var cursor = try reader.cursor(base + BodyColumn.rawLengths)
        // Contents of no bytes are none, so there are no more than bytes.
        let lengths = try cursor.allIntegers(atMost: bytes.count)
        var offset = 0
        for length in lengths {
            guard length >= 1, length <= Int64(bytes.count - offset) else {
                throw .contents(.cutShort, offset: offset)
            }
            ranges.append(offset..<offset + Int(length))
            offset += Int(length)
        }
        guard offset == bytes.count else { throw .contents(.bytesLeftOver, offset: offset) }
    }

    var count: Int { ranges.count }

    subscript(number: Int) -> [UInt8]? {
        ranges.indices.contains(number) ? Array(bytes[ranges[number]]) : nil
    }
}
