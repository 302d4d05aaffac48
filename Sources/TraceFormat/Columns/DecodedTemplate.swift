/// A template with the numbers of its values.
final class DecodedTemplate {
    struct Part {
        /// A place in the column of templates.
        var literal: Range<Int>
        var kind: TemplatePart
        /// How many digits the place has; zero for those of no fixed count.
        var digitCount: Int

        var isUUID: Bool { kind == .lowerUUID || kind == .upperUUID }
    }

    let parts: [Part]
    /// The decimal numbers, value by value.
    let decimals: [Int64]
    let decimalCount: Int
    /// The bytes of a value but for its decimal numbers of no fixed count.
    let fixedSize: Int
    /// How many bytes of packed digits a value takes.
    private let digitSize: Int
    private var nextDecimal = 0
    private var nextDigit: Int

    init(
        _ cursor: inout ByteCursor,
        _ decimalColumn: inout ByteCursor,
        _ digitOffset: inout Int,
        useCount: Int
    ) throws(BlockFault) {
        var parts = [try DecodedTemplate.part(&cursor)]
        while parts[parts.count - 1].kind != .end {
            parts.append(try DecodedTemplate.part(&cursor))
        }
        self.parts = parts
        nextDigit = digitOffset
        decimalCount = parts.count { $0.kind == .decimal || $0.kind == .filledDecimal }
        let hexadecimal = parts.filter { $0.digitCount > 0 && $0.kind != .filledDecimal }
        digitSize = hexadecimal.reduce(0) { $0 + ($1.digitCount + 1) / 2 }
        fixedSize = parts.reduce(0) {
            $0 + $1.literal.count + $1.digitCount + ($1.isUUID ? 4 : 0)
        }
        // All digits of the column are used in the end, so none of the sums can be over its size.
        let (digits, overflow) = digitSize.multipliedReportingOverflow(by: useCount)
        let (end, overflowOfSum) = digitOffset.addingReportingOverflow(digits)
        guard !overflow, !overflowOfSum else { throw cursor.fault(.value) }
        digitOffset = end
        decimals = try DecodedTemplate.decimals(&decimalColumn, decimalCount, useCount)
    }

    private static func decimals(
        _ column: inout ByteCursor,
        _ placeCount: Int,
        _ useCount: Int
    ) throws(BlockFault) -> [Int64] {
        guard placeCount > 0, useCount > 0 else { return [] }
        let (count, overflow) = placeCount.multipliedReportingOverflow(by: useCount)
        guard !overflow, count <= column.remainingCount else { throw column.fault(.cutShort) }
        var decimals = Array(repeating: Int64(0), count: count)
        for place in 0..<placeCount {
            for (use, value) in try column.integers(count: useCount).enumerated() {
                decimals[use * placeCount + place] = value
            }
        }
        return decimals
    }

    /// Where the numbers of the next value start.
    func beginUse() -> (decimal: Int, digit: Int) {
        defer {
            nextDecimal += decimalCount
            nextDigit += digitSize
        }
        return (nextDecimal, nextDigit)
    }

    private static func part(_ cursor: inout ByteCursor) throws(BlockFault) -> Part {
        let literal = try cursor.countedRange()
        guard let kind = TemplatePart(rawValue: try cursor.byte()) else {
            throw cursor.fault(.value)
        }
        var digitCount: UInt64 = 0
        switch kind {
        case .filledDecimal:
            digitCount = UInt64(try cursor.byte())
            guard 1...18 ~= digitCount else { throw cursor.fault(.value) }
        case .lowerHex, .upperHex:
            digitCount = try cursor.variable()
            guard 1...UInt64(Layout.rawSizeLimit) ~= digitCount else { throw cursor.fault(.value) }
        case .lowerUUID, .upperUUID:
            digitCount = 32
        case .end, .decimal:
            break
        }
        return Part(literal: literal, kind: kind, digitCount: Int(digitCount))
    }
}

/// No decimal number has more digits than this.
let decimalSizeLimit = 19

/// Writes a value into room that was made for it.
@safe struct ValueWriter {
    private let values: UnsafeMutableBufferPointer<UInt8>
    private(set) var offset: Int
    /// Where the next packed digits stand.
    private var digitOffset: Int

    init(_ values: UnsafeMutableBufferPointer<UInt8>, at offset: Int, digits digitOffset: Int) {
        unsafe self.values = values
        self.offset = offset
        self.digitOffset = digitOffset
    }

    mutating func copy(_ bytes: [UInt8], _ range: Range<Int>) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe values.copy(bytes, range, &offset)
        }
    }

    /// Appends a decimal number, filled up with zeros to a count of digits where there is one;
    /// false when it is negative or has more digits.
    mutating func append(decimal value: Int64, _ digitCount: Int?) -> Bool {
        guard value >= 0 else { return false }
        var size = 1
        var power: UInt64 = 10
        while size < decimalSizeLimit, UInt64(value) >= power {
            size += 1
            power &*= 10
        }
        if let digitCount {
            guard size <= digitCount else { return false }
            size = digitCount
        }
        var rest = UInt64(value)
        for place in stride(from: offset + size - 1, through: offset, by: -1) {
            unsafe values[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
        offset += size
        return true
    }

    /// Appends the digits of a part; `letters` is what makes a letter of a digit from 10 on.
    mutating func append(_ packed: [UInt8], _ part: DecodedTemplate.Part, letters: UInt8) {
        unsafe packed.withUnsafeBufferPointer { packed in
            for place in 0..<part.digitCount {
                if part.isUUID, place == 8 || place == 12 || place == 16 || place == 20 {
                    unsafe values[offset] = 0x2D
                    offset &+= 1
                }
                let byte = unsafe packed[digitOffset &+ place / 2]
                let digit = place & 1 == 0 ? byte >> 4 : byte & 0x0F
                unsafe values[offset] = digit &+ (digit < 10 ? 0x30 : letters)
                offset &+= 1
            }
        }
        digitOffset += (part.digitCount + 1) / 2
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Copies bytes behind those that are filled in already.
    func copy(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ range: Range<Int>,
        _ filled: inout Int
    ) {
        guard !range.isEmpty else { return }
        let target = unsafe UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(self)[filled..<filled + range.count]
        )
        unsafe target.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range])
        )
        filled += range.count
    }
}
