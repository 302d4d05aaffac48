internal import Glibc

/// How a head is cut: literal texts that many heads share, and values between them.
///
/// Values are the request target and the values of header fields. There is one literal more than
/// there are values; the ends of lines and the names of fields belong to the literals.
struct HeadShape: Sendable {
    /// The literals, one after the other.
    private(set) var literals: [UInt8]
    /// Where each literal ends.
    private(set) var ends: [Int]
    /// How much of the literal behind each value is the rest of the value's line.
    private let lineRests: [Int]
    /// The number of the field that each value belongs to.
    let fields: [Int]

    /// Makes the shape of a head that was cut into values.
    init(_ head: [UInt8], _ cuts: [HeadCut], fields: [Int]) {
        literals = []
        ends = []
        self.fields = fields
        var lineRests: [Int] = []
        var start = 0
        for cut in cuts {
            literals += head[start..<cut.value.lowerBound]
            ends.append(literals.count)
            lineRests.append(cut.lineEnd - cut.value.upperBound)
            start = cut.value.upperBound
        }
        literals += head[start...]
        ends.append(literals.count)
        self.lineRests = lineRests
    }

    /// Finds the values of a head of this shape; false when it has another one.
    func match(_ head: [UInt8], _ values: inout [Range<Int>]) -> Bool {
        values.removeAll(keepingCapacity: true)
        return unsafe head.withUnsafeBufferPointer { head in
            unsafe literals.withUnsafeBufferPointer { literals in
                unsafe match(head, literals, &values)
            }
        }
    }

    private func match(
        _ head: UnsafeBufferPointer<UInt8>,
        _ literals: UnsafeBufferPointer<UInt8>,
        _ values: inout [Range<Int>]
    ) -> Bool {
        guard let headBase = head.baseAddress, let literalBase = literals.baseAddress
        else { return false }
        var position = 0
        var literalStart = 0
        for index in ends.indices {
            let count = ends[index] - literalStart
            guard count <= head.count - position,
                unsafe memcmp(headBase + position, literalBase + literalStart, count) == 0
            else { return false }
            position += count
            literalStart = ends[index]
            guard index < lineRests.count else { return position == head.count }
            guard
                let newline = unsafe memchr(headBase + position, 0x0A, head.count - position)
            else { return false }
            let lineEnd = unsafe UnsafeRawPointer(newline) - UnsafeRawPointer(headBase) + 1
            let valueEnd = lineEnd - lineRests[index]
            guard valueEnd >= position, lineRests[index] > 0 else { return false }
            values.append(position..<valueEnd)
            position = valueEnd
        }
        return false
    }
}

/// One value of a head.
struct HeadCut {
    /// Where the value's line starts; from here to the value stands the name of its field.
    var lineStart: Int
    /// Where the value stands.
    var value: Range<Int>
    /// Where the next line starts.
    var lineEnd: Int
}

extension [UInt8] {
    /// The values of a head, line by line; bytes that are no head are cut somehow.
    func headCuts() -> [HeadCut] {
        var cuts: [HeadCut] = []
        var lineStart = 0
        while lineStart < count {
            let newline = self[lineStart...].firstIndex(of: 0x0A)
            let lineEnd = newline.map { $0 + 1 } ?? count
            var end = newline ?? count
            if end > lineStart, self[end - 1] == 0x0D { end -= 1 }
            let value =
                lineStart == 0 ? targetRange(end: end) : fieldValueRange(lineStart..<end)
            if let value {
                cuts.append(HeadCut(lineStart: lineStart, value: value, lineEnd: lineEnd))
            }
            lineStart = lineEnd
        }
        return cuts
    }

    /// Where the target stands in a request line; `nil` in a status line.
    private func targetRange(end: Int) -> Range<Int>? {
        let version: [UInt8] = Array("HTTP/".utf8)
        guard !starts(with: version), let space = self[..<end].firstIndex(of: 0x20) else {
            return nil
        }
        if let last = self[..<end].lastIndex(of: 0x20), last > space,
            self[(last + 1)..<end].starts(with: version)
        {
            return space + 1..<last
        }
        return space + 1..<end
    }

    /// Where the value stands in a line; `nil` in an empty line.
    private func fieldValueRange(_ line: Range<Int>) -> Range<Int>? {
        guard !line.isEmpty else { return nil }
        guard let colon = self[line].firstIndex(of: 0x3A) else { return line }
        var start = colon + 1
        while start < line.upperBound, self[start] == 0x20 || self[start] == 0x09 { start += 1 }
        return start..<line.upperBound
    }
}
