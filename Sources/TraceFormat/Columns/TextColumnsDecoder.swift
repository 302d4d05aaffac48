/// Decodes the texts that a `TextColumnsEncoder` encoded, in the same order.
struct TextColumnsDecoder {
    private let table: [UInt8]
    private let templateBytes: [UInt8]
    private let digits: [UInt8]
    private var shapes: [DecodedShape] = []
    /// The values of all shapes, one shape after the other.
    private var holes: [ShapeHole] = []
    private var shapeNumbers: ByteCursor
    /// The codes of all fields, one field after the other.
    private var codes: [UInt32] = []
    private var fields: [DecodedField] = []
    private var templates: [[DecodedTemplate]] = []
    /// The different values of each field so far, as places in `values`.
    private var knownValues: [[Range<Int>]] = []
    /// All different values, one after the other, and room for more.
    private var values: [UInt8] = []
    /// How many bytes of it are values.
    private var valuesSize = 0
    private var pieces: [Range<Int>] = []
    /// The bytes of all texts together.
    private let limit: Int
    /// How many bytes of text are still to come.
    private var budget: Int

    /// Reads the columns of a group whose first one has the identifier `base`.
    ///
    /// They must make exactly `limit` bytes of text; no more are ever made.
    init(
        _ reader: ColumnPayloadReader,
        base: UInt64,
        plainFieldCount: Int,
        limit: Int
    ) throws(BlockFault) {
        table = try reader.column(base + TextColumn.shapes)
        templateBytes = try reader.column(base + TextColumn.templates)
        digits = try reader.column(base + TextColumn.digits)
        shapeNumbers = try reader.cursor(base + TextColumn.shapeNumbers)
        self.limit = limit
        budget = limit
        guard !table.isEmpty else {
            fields = Array(repeating: DecodedField(codes: 0..<0), count: plainFieldCount)
            return
        }
        var cursor = ByteCursor(table)
        try readFields(&cursor, reader, base: base, plainFieldCount: plainFieldCount)
        for _ in 0..<(try cursor.count()) {
            shapes.append(try DecodedShape(&cursor, &holes, fieldCount: fields.count))
        }
        guard cursor.isAtEnd else { throw cursor.fault(.bytesLeftOver) }
    }

    private mutating func readFields(
        _ cursor: inout ByteCursor,
        _ reader: ColumnPayloadReader,
        base: UInt64,
        plainFieldCount: Int
    ) throws(BlockFault) {
        var codes = try reader.cursor(base + TextColumn.codes)
        var templates = ByteCursor(templateBytes)
        var decimals = try reader.cursor(base + TextColumn.decimals)
        var digitOffset = 0
        let count = try cursor.count()
        guard count >= plainFieldCount else { throw cursor.fault(.value) }
        for _ in 0..<count {
            let codeCount = try cursor.variable()
            guard codeCount <= UInt64(codes.remainingCount) else { throw codes.fault(.cutShort) }
            let start = self.codes.count
            try readCodes(&codes, count: Int(codeCount))
            let field = DecodedField(codes: start..<self.codes.count)
            self.templates.append(
                try decodedTemplates(&templates, &decimals, &digitOffset, self.codes[field.codes])
            )
            fields.append(field)
        }
        knownValues = Array(repeating: [], count: count)
        guard codes.isAtEnd, templates.isAtEnd, decimals.isAtEnd, digitOffset == digits.count
        else { throw codes.fault(.bytesLeftOver) }
    }

    private mutating func readCodes(
        _ cursor: inout ByteCursor,
        count: Int
    ) throws(BlockFault) {
        for _ in 0..<count {
            guard let code = UInt32(exactly: try cursor.variable()) else {
                throw cursor.fault(.value)
            }
            codes.append(code)
        }
    }

    /// Whether every head and value was given out, and all bytes of text that were allowed.
    var isAtEnd: Bool {
        budget == 0 && shapeNumbers.isAtEnd && fields.allSatisfy(\.codes.isEmpty)
    }

    /// The next text of a field that is no part of heads.
    mutating func next(field: Int) throws(BlockFault) -> [UInt8] {
        let range = try nextValue(field)
        try spend(range.count)
        return Array(values[range])
    }

    /// The next head.
    mutating func nextHead() throws(BlockFault) -> [UInt8] {
        let number = try shapeNumbers.variable()
        guard number < UInt64(shapes.count) else { throw shapeNumbers.fault(.value) }
        let shape = shapes[Int(number)]
        pieces.removeAll(keepingCapacity: true)
        var size = shape.literalSize
        for hole in shape.holes {
            let range = try nextValue(holes[hole].field)
            pieces.append(range)
            size += range.count
        }
        try spend(size)
        return assembled(shape, size: size)
    }

    private func assembled(_ shape: DecodedShape, size: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { head, filled in
            unsafe table.withUnsafeBufferPointer { table in
                unsafe values.withUnsafeBufferPointer { values in
                    for (index, hole) in shape.holes.enumerated() {
                        unsafe head.copy(table, holes[hole].literal, &filled)
                        unsafe head.copy(values, pieces[index], &filled)
                    }
                    unsafe head.copy(table, shape.lastLiteral, &filled)
                }
            }
        }
    }

    private mutating func spend(_ count: Int) throws(BlockFault) {
        guard count <= budget else { throw .sizesOutOfRange }
        budget -= count
    }

    /// Where the next value of a field stands in `values`.
    private mutating func nextValue(_ number: Int) throws(BlockFault) -> Range<Int> {
        guard let position = fields[number].codes.first else {
            throw .contents(.cutShort, offset: 0)
        }
        fields[number].codes = position + 1..<fields[number].codes.upperBound
        let code = codes[position]
        if code == 0 {
            guard let last = fields[number].last else { throw .contents(.value, offset: 0) }
            return last
        }
        let range: Range<Int>
        if code & 1 == 1 {
            guard code >> 1 < knownValues[number].count else {
                throw .contents(.value, offset: 0)
            }
            range = knownValues[number][Int(code >> 1)]
        } else {
            let start = valuesSize
            try appendValue(templates[number][Int(code / 2 - 1)])
            range = start..<valuesSize
            knownValues[number].append(range)
        }
        fields[number].last = range
        return range
    }

    /// Makes a new value of a template and the next numbers for it.
    private mutating func appendValue(_ template: DecodedTemplate) throws(BlockFault) {
        // Every different value is part of a text, so all together are no larger than these.
        guard template.fixedSize <= limit - valuesSize else { throw .sizesOutOfRange }
        let bound = template.fixedSize + template.decimalCount * decimalSizeLimit
        if values.count - valuesSize < bound {
            values += repeatElement(0, count: max(bound, values.count, 4096))
        }
        let use = template.beginUse()
        let size = unsafe values.withUnsafeMutableBufferPointer { values -> Int? in
            var writer = unsafe ValueWriter(values, at: valuesSize, digits: use.digit)
            var decimal = use.decimal
            for part in template.parts {
                writer.copy(templateBytes, part.literal)
                switch part.kind {
                case .end: break
                case .decimal, .filledDecimal:
                    let digitCount = part.kind == .filledDecimal ? part.digitCount : nil
                    let value = template.decimals[decimal]
                    guard writer.append(decimal: value, digitCount) else { return nil }
                    decimal += 1
                case .lowerHex, .lowerUUID: writer.append(digits, part, letters: 0x57)
                case .upperHex, .upperUUID: writer.append(digits, part, letters: 0x37)
                }
            }
            return writer.offset
        }
        guard let size else { throw .contents(.value, offset: 0) }
        valuesSize = size
    }
}

/// No decimal number has more digits than this.
private let decimalSizeLimit = 19

/// Writes a value into room that was made for it.
@safe private struct ValueWriter {
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

/// A shape of heads.
private struct DecodedShape {
    /// The places of its values among those of all shapes.
    private(set) var holes: Range<Int>
    /// The literal behind the last value, as a place in the column of shapes.
    let lastLiteral: Range<Int>
    private(set) var literalSize = 0

    init(
        _ cursor: inout ByteCursor,
        _ allHoles: inout [ShapeHole],
        fieldCount: Int
    ) throws(BlockFault) {
        let start = allHoles.count
        for _ in 0..<(try cursor.count()) {
            let field = try cursor.variable()
            guard field < UInt64(fieldCount) else { throw cursor.fault(.value) }
            let literal = try cursor.countedRange()
            allHoles.append(ShapeHole(literal: literal, field: Int(field)))
            literalSize += literal.count
        }
        holes = start..<allHoles.count
        lastLiteral = try cursor.countedRange()
        literalSize += lastLiteral.count
    }
}

/// The place of a value in a shape.
private struct ShapeHole {
    /// What stands in front of it, as a place in the column of shapes.
    var literal: Range<Int>
    var field: Int
}

/// How far the values of a field were given out.
private struct DecodedField {
    /// The places of the codes that are left.
    var codes: Range<Int>
    /// Where the value before stands; `nil` at the start.
    var last: Range<Int>?
}

/// Reads the templates of a field with the numbers of all their values.
private func decodedTemplates(
    _ cursor: inout ByteCursor,
    _ decimals: inout ByteCursor,
    _ digitOffset: inout Int,
    _ codes: ArraySlice<UInt32>
) throws(BlockFault) -> [DecodedTemplate] {
    let count = try cursor.count()
    var useCounts = Array(repeating: 0, count: count)
    for code in codes where code != 0 && code & 1 == 0 {
        let template = Int(code / 2 - 1)
        guard template < count else { throw cursor.fault(.value) }
        useCounts[template] += 1
    }
    var templates: [DecodedTemplate] = []
    for useCount in useCounts {
        templates.append(
            try DecodedTemplate(&cursor, &decimals, &digitOffset, useCount: useCount)
        )
    }
    return templates
}

/// A template with the numbers of its values.
private final class DecodedTemplate {
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

extension UnsafeMutableBufferPointer<UInt8> {
    /// Copies bytes behind those that are filled in already.
    fileprivate func copy(
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
