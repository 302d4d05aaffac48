/// What a request's route depends on, to remember by it what is known of the route: most come again
/// and again.
struct RouteKey: Hashable {
    /// Beyond this many, what further ones stand for is found out each time they come.
    static let rememberedLimit = 50_000

    private let method: String
    private let part: Substring
    /// A digest (FNV-1a) of the part, which is found while looking for its end: hashing the text itself
    /// would take a multiple of that.
    private let digest: UInt64

    /// The part of a request that the rules look at.
    init(method: String, target: String, _ rules: RouteRules) {
        var digest = digestSeed
        var end = 0
        var reader = rules.dependsOnWholePath ? nil : SegmentReader()
        let hasQuery = rules.dependsOnQuery
        let bytes = target.utf8.span
        while end < bytes.count, hasQuery || !bytes.hasCharacter("?", at: end) {
            if reader?.isEnd(at: end, of: bytes) == true { break }
            digest = (digest ^ UInt64(bytes[end])) &* 0x100_0000_01B3
            end += 1
        }
        self.method = rules.dependsOnMethod ? method : ""
        part = target[..<target.utf8.index(target.startIndex, offsetBy: end)]
        self.digest = digest
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// Where digests start: of the process, so that recorded traffic cannot be made to collide.
private let digestSeed = UInt64.random(in: .min ... .max)

/// Finds where those segments of a path end that a ``Route`` is told from, so that paths that go on
/// differently are one to remember.
private struct SegmentReader {
    private var slashCount = 0
    /// How many segments count; known once the first one has ended.
    private var segmentCount = Int.max
    /// Whether this is a path whose bytes so far are all characters of their own.
    private var isPlainPath = true

    /// Whether what counts ends in front of the byte at an offset; to be asked for each byte in order.
    mutating func isEnd(at offset: Int, of bytes: Span<UInt8>) -> Bool {
        if offset == 0 {
            isPlainPath = bytes[0] == UInt8(ascii: "/")
        } else if bytes[offset] >= 0x80 {
            isPlainPath = false
        }
        guard isPlainPath, bytes.hasCharacter("/", at: offset) else { return false }
        slashCount += 1
        if slashCount == 2 {
            segmentCount = Route.segmentCount(behind: bytes.extracting(1..<offset))
        }
        return slashCount > segmentCount
    }
}

extension Span<UInt8> {
    /// Whether there is this character, and no mark behind it that would make another one of it.
    fileprivate func hasCharacter(_ character: Unicode.Scalar, at offset: Int) -> Bool {
        self[offset] == UInt8(ascii: character) && (offset + 1 == count || self[offset + 1] < 0x80)
    }
}
