/// The columns of a group of texts, by their distance from the group's first one.
enum TextColumn {
    /// The fields and the shapes of heads.
    static let shapes: UInt64 = 0
    /// Which shape each head has.
    static let shapeNumbers: UInt64 = 1
    /// How each value is told, field by field.
    static let codes: UInt64 = 2
    /// The templates, field by field.
    static let templates: UInt64 = 3
    /// The decimal numbers, template by template and place by place.
    static let decimals: UInt64 = 4
    /// The hexadecimal digits, template by template.
    static let digits: UInt64 = 5
    /// How many columns a group has.
    static let count: UInt64 = 6
}

/// Encodes heads and other texts of one block, each text as what is new about it.
///
/// A head is cut into a shape and values by `HeadShape`. A value is told by its field's previous
/// value, or by an earlier one, or by a template that it shares with others and the numbers in it.
struct TextColumnsEncoder: Sendable {
    /// The bytes of all texts so far.
    private(set) var textSize = 0
    private var fields: [TextField]
    private let plainFieldCount: Int
    private var headFields = ByteTable()
    private var shapeKeys = ByteTable()
    private var shapes: [HeadShape] = []
    private var shapeNumbers: [UInt8] = []
    private var likelyShapes = (0, 0)
    private var values: [Range<Int>] = []
    private var splitter = TextSplitter()

    /// Starts with so many fields for texts that are no heads.
    init(plainFieldCount: Int) {
        self.plainFieldCount = plainFieldCount
        fields = Array(repeating: TextField(), count: plainFieldCount)
    }

    /// About how many bytes it will take, before compression.
    var weight: Int {
        fields.reduce(shapeNumbers.count + shapeKeys.bytes.count) { $0 + $1.weight }
    }

    /// Adds a text to one of the first fields.
    mutating func append(_ text: [UInt8], field: Int) {
        textSize += text.count
        fields[field].append(text, text.indices, &splitter)
    }

    /// Adds a head.
    mutating func append(head: [UInt8]) {
        textSize += head.count
        let number = shapeNumber(of: head)
        shapeNumbers.append(variable: UInt64(number))
        for (index, field) in shapes[number].fields.enumerated() {
            fields[field].append(head, values[index], &splitter)
        }
    }

    /// Finds the shape of a head, and its values.
    private mutating func shapeNumber(of head: [UInt8]) -> Int {
        if likelyShapes.0 < shapes.count, shapes[likelyShapes.0].match(head, &values) {
            return likelyShapes.0
        }
        if likelyShapes.1 < shapes.count, shapes[likelyShapes.1].match(head, &values) {
            likelyShapes = (likelyShapes.1, likelyShapes.0)
            return likelyShapes.0
        }
        let cuts = head.headCuts()
        values = cuts.map(\.value)
        let shape = HeadShape(head, cuts, fields: cuts.map { field(of: $0, in: head) })
        var key: [UInt8] = []
        key.append(shape: shape)
        let (number, isNew) = shapeKeys.insert(key, key.indices)
        if isNew { shapes.append(shape) }
        likelyShapes = (number, likelyShapes.0)
        return number
    }

    private mutating func field(of cut: HeadCut, in head: [UInt8]) -> Int {
        let name = cut.lineStart..<cut.value.lowerBound
        let (number, isNew) = headFields.insert(head, name)
        if isNew { fields.append(TextField()) }
        return plainFieldCount + number
    }

    /// Adds the columns to a block; the first one has the identifier `base`.
    func write(to writer: inout ColumnPayloadWriter, base: UInt64) {
        guard fields.contains(where: { $0.codeCount > 0 }) || !shapeNumbers.isEmpty else { return }
        var table: [UInt8] = []
        table.append(variable: UInt64(fields.count))
        for field in fields { table.append(variable: UInt64(field.codeCount)) }
        table.append(variable: UInt64(shapes.count))
        table += shapeKeys.bytes
        var templates: [UInt8] = []
        var decimals: [UInt8] = []
        for field in fields {
            templates.append(variable: UInt64(field.templates.count))
            templates += field.templates.bytes
            for use in field.uses { use.append(to: &decimals) }
        }
        let dictionary = PresetDictionary.bytes
        writer.append(base + TextColumn.shapes, table, dictionary: dictionary)
        writer.append(base + TextColumn.shapeNumbers, shapeNumbers)
        writer.append(base + TextColumn.codes, fields.flatMap(\.codes))
        writer.append(base + TextColumn.templates, templates, dictionary: dictionary)
        writer.append(base + TextColumn.decimals, decimals)
        writer.append(
            base + TextColumn.digits,
            fields.flatMap { field in field.uses.flatMap(\.digits) }
        )
    }
}

extension [UInt8] {
    /// Appends the number of values, the field of each with the literal in front of it, and the
    /// literal behind the last.
    fileprivate mutating func append(shape: HeadShape) {
        append(variable: UInt64(shape.fields.count))
        var start = 0
        for (index, end) in shape.ends.enumerated() {
            if index < shape.fields.count { append(variable: UInt64(shape.fields[index])) }
            append(variable: UInt64(end - start))
            append(contentsOf: shape.literals[start..<end])
            start = end
        }
    }
}

/// The values of one field.
private struct TextField: Sendable {
    /// Zero for the previous value again; 2n + 1 for value n of the field's different ones; 2t + 2
    /// for a value of template t that was not there before.
    private(set) var codes: [UInt8] = []
    private(set) var codeCount = 0
    private(set) var templates = ByteTable()
    /// The numbers in the values of each template.
    private(set) var uses: [TemplateUses] = []
    private var values = ByteTable()
    private var last: Int?

    var weight: Int {
        // The numbers take no more than the different values that they are from.
        codes.count + templates.bytes.count + values.bytes.count / 4
    }

    mutating func append(_ bytes: [UInt8], _ range: Range<Int>, _ splitter: inout TextSplitter) {
        codeCount += 1
        if let last, values.isEqual(last, bytes, range) {
            codes.append(0)
            return
        }
        let (number, isNew) = values.insert(bytes, range)
        last = number
        guard isNew else {
            codes.append(variable: UInt64(number) * 2 + 1)
            return
        }
        splitter.split(bytes, range)
        let template = templates.insert(splitter.template, splitter.template.indices)
        if template.isNew { uses.append(TemplateUses(decimalCount: splitter.decimals.count)) }
        uses[template.number].decimals += splitter.decimals
        uses[template.number].digits += splitter.digits
        codes.append(variable: UInt64(template.number) * 2 + 2)
    }
}

/// The numbers in the values of one template, value by value.
private struct TemplateUses: Sendable {
    let decimalCount: Int
    var decimals: [Int64] = []
    var digits: [UInt8] = []

    /// Appends the decimal numbers, all of one place together.
    func append(to column: inout [UInt8]) {
        for place in 0..<decimalCount {
            column.append(
                integers: stride(from: place, to: decimals.count, by: decimalCount).map {
                    decimals[$0]
                }
            )
        }
    }
}
