public import SystemPackage

/// What a part of a file takes.
public struct PartSize: Equatable, Sendable {
    /// The name of the column, or of the kind of block, for people.
    public var name: String
    /// The bytes before compression.
    public var rawBytes: UInt64
    /// The bytes in the file.
    public var storedBytes: UInt64
}

/// What the parts of a trace or a run take; all stored bytes together are the size of the file,
/// less what is damaged.
public struct FileSizes: Equatable, Sendable {
    /// The columns of the records or outcomes, then everything else, in the order of the file.
    public private(set) var parts: [PartSize] = []
    /// How many exchanges of a trace, or outcomes of a run, its blocks hold.
    public private(set) var contentsCount: UInt64 = 0
    /// What was found wrong with the file.
    public let damage: [FileDamage]

    /// Reads every block of a file once.
    ///
    /// - Throws: `TraceError` when it is no trace and no run, or cannot be read.
    public init(of path: FilePath) throws(TraceError) {
        let kind = try FileKind.detect(path)
        var blocks = try BlockReader(
            source: FileSource(opening: path),
            file: path.string,
            wanted: kind
        )
        var sizes = PartSizes()
        for entry in blocks.blocks {
            if entry.isContents {
                contentsCount +=
                    kind == .trace
                    ? try blocks.exchangeCount(of: entry) : UInt64(entry.recordCount)
            }
            if entry.isContents, blocks.hasColumns {
                guard let columns = try blocks.columns(of: entry) else { continue }
                sizes.add(columns, of: entry, kind)
            } else {
                let header = try blocks.read(entry) { (block) throws(BlockFault) in block.header }
                guard let header else { continue }
                let name = entry.isContents ? "rows" : "info and ending"
                sizes.add(name, raw: header.rawSize, stored: header.storedSize)
                sizes.addHeader()
            }
        }
        let rest = Layout.fileHeaderSize + Int(blocks.indexSize)
        sizes.add("file header, index and trailer", raw: rest, stored: rest)
        parts = sizes.parts
        damage = blocks.damage
    }
}

/// Adds up sizes by name, in the order in which names come first.
private struct PartSizes {
    private(set) var parts: [PartSize] = []
    private var places: [String: Int] = [:]

    mutating func add(_ columns: ColumnPayloadReader, of entry: IndexEntry, _ kind: FileKind) {
        var stored = 0
        for size in columns.sizes {
            let name =
                kind == .trace ? TraceColumn.name(size.column) : OutcomeColumn.name(size.column)
            add(name, raw: size.rawSize, stored: size.storedSize)
            stored += size.storedSize
        }
        let payload = Int(entry.end - entry.offset) - Layout.blockHeaderSize
        add("directories", raw: payload - stored, stored: payload - stored)
        addHeader()
    }

    mutating func addHeader() {
        add("block headers", raw: Layout.blockHeaderSize, stored: Layout.blockHeaderSize)
    }

    mutating func add(_ name: String, raw: Int, stored: Int) {
        let place = places[name] ?? parts.count
        if place == parts.count {
            places[name] = place
            parts.append(PartSize(name: name, rawBytes: 0, storedBytes: 0))
        }
        parts[place].rawBytes += UInt64(raw)
        parts[place].storedBytes += UInt64(stored)
    }
}
