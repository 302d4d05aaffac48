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
        let number = try nextNumber(field: field)
        return Array(bytes(of: number, field: field))
    }

    /// The number of the next text of a field that is no part of heads: different texts of a field are
    /// numbered from 0 as they first come.
    mutating func nextNumber(field: Int) throws(BlockFault) -> Int {
        let number = try nextValue(field)
        try spend(knownValues[field][number].count)
        return number
    }

    /// The bytes of a text of a field that was given out.
    func bytes(of number: Int, field: Int) -> ArraySlice<UInt8> {
        values[knownValues[field][number]]
    }

    /// The next head.
    mutating func nextHead() throws(BlockFault) -> [UInt8] {
        let number = try shapeNumbers.variable()
        guard number < UInt64(shapes.count) else { throw shapeNumbers.fault(.value) }
        let shape = shapes[Int(number)]
        pieces.removeAll(keepingCapacity: true)
        var size = shape.literalSize
        for hole in shape.holes {
            let field = holes[hole].field
            let range = knownValues[field][try nextValue(field)]
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

    /// The number of the next value of a field.
    private mutating func nextValue(_ number: Int) throws(BlockFault) -> Int {
        guard let position = fields[number].codes.first else {
            throw .contents(.cutShort, offset: 0)
        }
        fields[number].codes = position + 1..<fields[number].codes.upperBound
        let code = codes[position]
        if code == 0 {
            guard let last = fields[number].last else { throw .contents(.value, offset: 0) }
            return last
        }
        let value: Int
        if code & 1 == 1 {
            guard code >> 1 < knownValues[number].count else {
                throw .contents(.value, offset: 0)
            }
            value = Int(code >> 1)
        } else {
            let start = valuesSize
            try appendValue(templates[number][Int(code / 2 - 1)])
            value = knownValues[number].count
            knownValues[number].append(start..<valuesSize)
        }
        fields[number].last = value
        return value
    }

    /// Makes a new value of a template and the next numbers for it.
    private mutating func appendValue(_ template: DecodedTemplate) throws(BlockFault) {
        // Every different value is part of a text, so all together are no larger than these.
        guard template.fixedSize <= limit - valuesSize else { throw .sizesOutOfRange }
        let bound = template.fixedSize + template.decimalCount * decimalSizeLimit
        if values.count - valuesSize < bound {
            // An array is appended as one piece, and not byte by byte.
            values += [UInt8](repeating: 0, count: max(bound, values.count, 256))
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

/// Decodes of each head what stands in front of its first value, which takes no values at all.
struct HeadBeginnings {
    private var beginnings: [[UInt8]] = []
    private var shapeNumbers: ByteCursor

    /// Reads the columns of texts of a group whose first one has the identifier `base`.
    init(_ reader: ColumnPayloadReader, base: UInt64) throws(BlockFault) {
        shapeNumbers = try reader.cursor(base + TextColumn.shapeNumbers)
        let table = try reader.column(base + TextColumn.shapes)
        guard !table.isEmpty else { return }
        var cursor = ByteCursor(table)
        let fieldCount = try cursor.count()
        for _ in 0..<fieldCount { _ = try cursor.variable() }
        var holes: [ShapeHole] = []
        for _ in 0..<(try cursor.count()) {
            let shape = try DecodedShape(&cursor, &holes, fieldCount: fieldCount)
            let first = shape.holes.first.map { holes[$0].literal } ?? shape.lastLiteral
            beginnings.append(Array(table[first]))
        }
    }

    /// Whether every beginning was given out.
    var isAtEnd: Bool { shapeNumbers.isAtEnd }

    /// The beginning of the next head.
    mutating func next() throws(BlockFault) -> [UInt8] {
        let number = try shapeNumbers.variable()
        guard number < UInt64(beginnings.count) else { throw shapeNumbers.fault(.value) }
        return beginnings[Int(number)]
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
    /// The number of the value before; `nil` at the start.
    var last: Int?
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
