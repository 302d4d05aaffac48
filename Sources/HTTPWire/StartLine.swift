/// The three parts of a recorded start line, found without a judgement on them.
///
/// A trace keeps heads as they came, those of HTTP/2 as text with the version `HTTP/2`; who only
/// sorts or shows exchanges needs the parts whatever the version is. `RequestDecoder` and
/// `ResponseDecoder` are for those who rely on them.
public struct StartLine: Equatable, Sendable {
    /// The method, or the version of a response: what stands in front of the first space.
    public var first: Range<Int>
    /// The target, or the status of a response.
    public var second: Range<Int>
    /// The version, or the reason phrase of a response; empty when there is none.
    public var third: Range<Int>
    /// Where the next line starts.
    public var end: Int

    /// Finds the parts of the request line of a head: the target goes up to the last space.
    public init(ofRequest head: [UInt8]) {
        let line = Self.line(of: head)
        first = Self.word(in: head, from: 0, to: line)
        let start = min(first.upperBound + 1, line)
        let space = head[start..<line].lastIndex(of: ByteClass.space)
        second = start..<(space ?? line)
        third = min(second.upperBound + 1, line)..<line
        end = Self.nextLine(in: head, behind: line)
    }

    /// Finds the parts of the status line of a head: the reason phrase may have spaces.
    public init(ofResponse head: [UInt8]) {
        let line = Self.line(of: head)
        first = Self.word(in: head, from: 0, to: line)
        second = Self.word(in: head, from: min(first.upperBound + 1, line), to: line)
        third = min(second.upperBound + 1, line)..<line
        end = Self.nextLine(in: head, behind: line)
    }

    /// Where the first line ends, its line end not included.
    private static func line(of head: [UInt8]) -> Int {
        let feed = head.firstIndex(of: ByteClass.lineFeed) ?? head.count
        let hasReturn = feed > 0 && head[feed - 1] == ByteClass.carriageReturn
        return hasReturn ? feed - 1 : feed
    }

    private static func word(in head: [UInt8], from start: Int, to end: Int) -> Range<Int> {
        start..<(head[start..<end].firstIndex(of: ByteClass.space) ?? end)
    }

    private static func nextLine(in head: [UInt8], behind line: Int) -> Int {
        head[line...].firstIndex(of: ByteClass.lineFeed).map { $0 + 1 } ?? head.count
    }
}
