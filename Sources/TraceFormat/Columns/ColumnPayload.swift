/// How the bytes of a column stand in the file.
///
/// The raw values are those of the file.
enum ColumnCoding: UInt8 {
    /// As they are.
    case plain = 0
    /// As a zlib stream.
    case zlib = 1
    /// As a zlib stream that starts with `PresetDictionary`.
    case zlibWithDictionary = 2
}

/// What a block takes in the file, column by column.
struct ColumnSize: Equatable, Sendable {
    var column: UInt64
    var rawSize: Int
    var storedSize: Int
}

/// Puts the columns of a block one after the other, behind a directory of them.
struct ColumnPayloadWriter {
    private var directory: [UInt8] = []
    private var data: [UInt8] = []
    private var columnCount = 0
    private var rawDataSize = 0

    /// Adds a column, behind those with lower identifiers.
    ///
    /// A column without bytes is left out.
    mutating func append(_ column: UInt64, _ raw: [UInt8], dictionary: [UInt8] = []) {
        guard !raw.isEmpty else { return }
        columnCount += 1
        rawDataSize += raw.count
        directory.append(variable: column)
        let stored = raw.count < 24 ? nil : deflated(raw, dictionary: dictionary)
        if let stored, stored.count + 2 < raw.count {
            let coding: ColumnCoding = dictionary.isEmpty ? .zlib : .zlibWithDictionary
            directory.append(coding.rawValue)
            directory.append(variable: UInt64(raw.count))
            directory.append(variable: UInt64(stored.count))
            data += stored
        } else {
            directory.append(ColumnCoding.plain.rawValue)
            directory.append(variable: UInt64(raw.count))
            data += raw
        }
    }

    /// Adds a column of integers.
    mutating func append(_ column: UInt64, integers: [Int64]) {
        var raw: [UInt8] = []
        raw.append(integers: integers)
        append(column, raw)
    }

    /// The payload, and its size with all columns inflated.
    func finished() -> (payload: [UInt8], rawSize: Int) {
        var payload: [UInt8] = []
        payload.append(variable: UInt64(columnCount))
        payload += directory
        let rawSize = payload.count + rawDataSize
        payload += data
        return (payload, rawSize)
    }
}

/// Gives out the columns of a block, inflated one by one.
struct ColumnPayloadReader {
    private struct Place {
        var coding: ColumnCoding
        var rawSize: Int
        var stored: Range<Int>
    }

    private let payload: [UInt8]
    private var places: [UInt64: Place] = [:]

    /// Reads the directory.
    ///
    /// The columns must fill the payload, and be of exactly `rawSize` bytes with the directory
    /// once they are inflated, which is checked before any of them is.
    init(_ payload: [UInt8], rawSize: Int) throws(BlockFault) {
        self.payload = payload
        var cursor = ByteCursor(payload)
        var entries: [(column: UInt64, place: Place)] = []
        for _ in 0..<(try cursor.count()) {
            let column = try cursor.variable()
            if let last = entries.last, last.column >= column { throw cursor.fault(.value) }
            guard let coding = ColumnCoding(rawValue: try cursor.byte()) else {
                throw cursor.fault(.value)
            }
            let size = try cursor.variable()
            let storedSize = coding == .plain ? size : try cursor.variable()
            guard size >= 1, size <= UInt64(rawSize), storedSize <= UInt64(payload.count) else {
                throw .sizesOutOfRange
            }
            entries.append(
                (
                    column,
                    Place(coding: coding, rawSize: Int(size), stored: 0..<Int(storedSize))
                )
            )
        }
        var offset = cursor.offset
        var rawOffset = cursor.offset
        for entry in entries {
            var place = entry.place
            guard place.stored.count <= payload.count - offset else {
                throw cursor.fault(.cutShort)
            }
            place.stored = offset..<offset + place.stored.count
            offset = place.stored.upperBound
            rawOffset += place.rawSize
            places[entry.column] = place
        }
        guard offset == payload.count else { throw cursor.fault(.bytesLeftOver) }
        guard rawOffset == rawSize else { throw .sizesOutOfRange }
    }

    /// What each column takes, by identifier.
    var sizes: [ColumnSize] {
        places.map { column, place in
            ColumnSize(column: column, rawSize: place.rawSize, storedSize: place.stored.count)
        }
        .sorted { $0.column < $1.column }
    }

    /// Whether the block has a column and not left it out.
    func hasColumn(_ column: UInt64) -> Bool { places[column] != nil }

    /// The bytes of a column, no bytes when it was left out.
    func column(_ column: UInt64) throws(BlockFault) -> [UInt8] {
        guard let place = places[column] else { return [] }
        switch place.coding {
        case .plain:
            return Array(payload[place.stored])
        case .zlib:
            return try inflated(payload, in: place.stored, rawSize: place.rawSize)
        case .zlibWithDictionary:
            return try inflated(
                payload,
                in: place.stored,
                rawSize: place.rawSize,
                dictionary: PresetDictionary.bytes
            )
        }
    }

    /// A cursor at the start of a column.
    func cursor(_ column: UInt64) throws(BlockFault) -> ByteCursor {
        ByteCursor(try self.column(column))
    }

    /// A column of exactly so many integers.
    func integers(_ column: UInt64, count: Int) throws(BlockFault) -> [Int64] {
        var cursor = try cursor(column)
        let values = try cursor.integers(count: count)
        guard cursor.isAtEnd else { throw cursor.fault(.bytesLeftOver) }
        return values
    }
}
