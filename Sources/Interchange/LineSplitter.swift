/// Cuts a stream of bytes into its lines, whatever the pieces in which they come.
struct LineSplitter {
    private var pieces: [UInt8] = []
    private var scanned = 0
    private var start = 0
    /// The number of the line that was given out last, from 1.
    private(set) var lineNumber = 0
    private let limit: Int

    /// Lines may have so many bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Adds bytes behind those that were there.
    mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            pieces.removeFirst(start)
            scanned -= start
            start = 0
        }
        pieces += bytes
    }

    /// The next whole line without its line end; `nil` when more bytes are needed.
    mutating func next() throws(InterchangeError) -> ArraySlice<UInt8>? {
        guard let end = pieces[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = pieces.count
            guard scanned - start <= limit else {
                throw InterchangeError(
                    .line(lineNumber + 1),
                    "it is longer than the limit of \(limit) bytes"
                )
            }
            return nil
        }
        defer { (start, scanned) = (end + 1, end + 1) }
        lineNumber += 1
        let line = pieces[start..<end]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    /// The last line, if it has no line end.
    mutating func rest() -> ArraySlice<UInt8>? {
        guard start < pieces.count else { return nil }
        defer { (start, scanned) = (pieces.count, pieces.count) }
        lineNumber += 1
        return pieces[start...]
    }
}
