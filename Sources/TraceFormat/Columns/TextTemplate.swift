/// What stands at the place of a variable part of a template.
///
/// The raw values are those of the file.
enum TemplatePart: UInt8 {
    /// The end of the template.
    case end = 0
    /// A decimal number of up to 18 digits without a leading zero.
    case decimal = 1
    /// A decimal number of a fixed count of digits, up to 18, filled up with leading zeros; the
    /// count follows.
    case filledDecimal = 2
    /// A fixed count of hexadecimal digits, letters small; the count follows.
    case lowerHex = 3
    /// A fixed count of hexadecimal digits, letters capital; the count follows.
    case upperHex = 4
    /// A UUID with small letters: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    case lowerUUID = 5
    /// A UUID with capital letters.
    case upperUUID = 6
}

/// Takes texts apart into a template and the numbers in it.
///
/// A template is a sequence of parts, each a literal text (its variable count, then its bytes),
/// then a `TemplatePart`; the last one is the end.
struct TextSplitter {
    /// The template of the last text.
    private(set) var template: [UInt8] = []
    /// The decimal numbers of the last text, in order.
    private(set) var decimals: [Int64] = []
    /// The hexadecimal digits of the last text, two a byte; a run of an odd count ends with a zero.
    private(set) var digits: [UInt8] = []
    private var literalStart = 0

    /// Takes the text at `range` apart.
    mutating func split(_ bytes: [UInt8], _ range: Range<Int>) {
        template.removeAll(keepingCapacity: true)
        decimals.removeAll(keepingCapacity: true)
        digits.removeAll(keepingCapacity: true)
        literalStart = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            guard !bytes.byteClass(at: index).isEmpty else {
                index += 1
                continue
            }
            var union: ByteClass = []
            let start = index
            while index < range.upperBound {
                let byteClass = bytes.byteClass(at: index)
                if byteClass.isEmpty { break }
                union.formUnion(byteClass)
                index += 1
            }
            if union.contains(.digit) || union.isSubset(of: .anyHex) {
                index = take(bytes, start..<index, union, end: range.upperBound)
            }
        }
        appendLiteral(bytes, to: range.upperBound)
        template.append(TemplatePart.end.rawValue)
    }

    /// Takes what is a number out of a run of letters and digits, and says where to go on.
    private mutating func take(
        _ bytes: [UInt8],
        _ run: Range<Int>,
        _ union: ByteClass,
        end: Int
    ) -> Int {
        if union == .digit, run.count <= 18 {
            takeDecimal(bytes, run, end: end)
        } else if run.count >= 8, union.isSubset(of: [.digit, .lowerHex]) {
            return takeHex(bytes, run, end: end, .lowerHex, .lowerUUID)
        } else if run.count >= 8, union.isSubset(of: [.digit, .upperHex]) {
            return takeHex(bytes, run, end: end, .upperHex, .upperUUID)
        } else if let start = bytes.trailingDigits(of: run) {
            takeDecimal(bytes, start..<run.upperBound, end: end)
        }
        return run.upperBound
    }

    private mutating func takeDecimal(_ bytes: [UInt8], _ run: Range<Int>, end: Int) {
        var value: Int64 = 0
        for index in run { value = value &* 10 &+ Int64(bytes[index] &- 0x30) }
        appendLiteral(bytes, to: run.lowerBound)
        let hasLeadingZero = bytes[run.lowerBound] == 0x30 && run.count > 1
        if hasLeadingZero || run.count == 2 && bytes.isTimeOfDay(run, end: end) {
            template.append(TemplatePart.filledDecimal.rawValue)
            template.append(UInt8(run.count))
        } else {
            template.append(TemplatePart.decimal.rawValue)
        }
        decimals.append(value)
        literalStart = run.upperBound
    }

    private mutating func takeHex(
        _ bytes: [UInt8],
        _ run: Range<Int>,
        end: Int,
        _ hex: TemplatePart,
        _ uuid: TemplatePart
    ) -> Int {
        appendLiteral(bytes, to: run.lowerBound)
        let uuidEnd = run.lowerBound + 36
        if run.count == 8, uuidEnd <= end,
            bytes.isUUID(at: run.lowerBound, isLower: hex == .lowerHex)
        {
            template.append(uuid.rawValue)
            for group in [0..<8, 9..<13, 14..<18, 19..<23, 24..<36] {
                let start = run.lowerBound
                pack(bytes, start + group.lowerBound..<start + group.upperBound)
            }
            literalStart = uuidEnd
            return uuidEnd
        }
        template.append(hex.rawValue)
        template.append(variable: UInt64(run.count))
        pack(bytes, run)
        literalStart = run.upperBound
        return run.upperBound
    }

    private mutating func pack(_ bytes: [UInt8], _ run: Range<Int>) {
        var index = run.lowerBound
        while index + 1 < run.upperBound {
            digits.append(hexValue(bytes[index]) << 4 | hexValue(bytes[index + 1]))
            index += 2
        }
        if index < run.upperBound { digits.append(hexValue(bytes[index]) << 4) }
    }

    private mutating func appendLiteral(_ bytes: [UInt8], to end: Int) {
        template.append(variable: UInt64(end - literalStart))
        template.append(contentsOf: bytes[literalStart..<end])
    }
}

private func hexValue(_ digit: UInt8) -> UInt8 {
    digit < 0x3A ? digit &- 0x30 : (digit | 0x20) &- 0x57
}

/// To which kinds of characters a byte belongs.
private struct ByteClass: OptionSet {
    let rawValue: UInt8
    static let digit = ByteClass(rawValue: 1)
    static let lowerHex = ByteClass(rawValue: 2)
    static let upperHex = ByteClass(rawValue: 4)
    /// Another letter, or an underscore.
    static let word = ByteClass(rawValue: 8)
    static let anyHex: ByteClass = [.digit, .lowerHex, .upperHex]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(of byte: UInt8) {
        switch byte {
        case 0x30...0x39: self = .digit
        case 0x61...0x66: self = .lowerHex
        case 0x41...0x46: self = .upperHex
        case 0x67...0x7A, 0x47...0x5A, 0x5F: self = .word
        default: self = []
        }
    }
}

extension [UInt8] {
    fileprivate func byteClass(at index: Int) -> ByteClass { ByteClass(of: self[index]) }

    /// Where the digits start that end a run, if all in front of them are letters.
    fileprivate func trailingDigits(of run: Range<Int>) -> Int? {
        var start = run.upperBound
        while start > run.lowerBound, byteClass(at: start - 1) == .digit { start -= 1 }
        guard start < run.upperBound, run.upperBound - start <= 18 else { return nil }
        for index in run.lowerBound..<start where byteClass(at: index) == .digit { return nil }
        return start
    }

    /// Whether two digits stand beside a colon that has digits on both sides.
    fileprivate func isTimeOfDay(_ run: Range<Int>, end: Int) -> Bool {
        let isBehind =
            run.lowerBound >= 2 && self[run.lowerBound - 1] == 0x3A
            && byteClass(at: run.lowerBound - 2) == .digit
        let isBefore =
            run.upperBound + 1 < end && self[run.upperBound] == 0x3A
            && byteClass(at: run.upperBound + 1) == .digit
        return isBehind || isBefore
    }

    /// Whether the 36 bytes from `start` on are a UUID with letters of one case.
    fileprivate func isUUID(at start: Int, isLower: Bool) -> Bool {
        let wanted: ByteClass = isLower ? [.digit, .lowerHex] : [.digit, .upperHex]
        for offset in 0..<36 {
            switch offset {
            case 8, 13, 18, 23:
                guard self[start + offset] == 0x2D else { return false }
            default:
                let byteClass = byteClass(at: start + offset)
                guard !byteClass.isEmpty, byteClass.isSubset(of: wanted) else { return false }
            }
        }
        return true
    }
}
