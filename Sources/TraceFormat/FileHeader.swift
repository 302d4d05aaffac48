public import SystemPackage

/// The version of a file's format.
public struct FormatVersion: Equatable, Sendable, CustomStringConvertible {
    /// Raised when older readers cannot read newer files.
    public var major: UInt16
    /// Raised when something was added that older readers can skip.
    public var minor: UInt16

    /// Makes a version from its two numbers.
    public init(major: UInt16, minor: UInt16) {
        self.major = major
        self.minor = minor
    }

    /// Both numbers with a point between them.
    public var description: String { "\(major).\(minor)" }
}

/// What a file of this format is.
///
/// The raw values are those of the file.
public enum FileKind: UInt8, CaseIterable, Sendable {
    /// Recorded exchanges (`.mtr`).
    case trace = 1
    /// What one replay did (`.mrr`).
    case run = 2

    /// The word for it in messages.
    public var name: String {
        switch self {
        case .trace: "trace"
        case .run: "run"
        }
    }
}

/// The first bytes of every file; the layout is in `Layout`.
struct FileHeader: Equatable {
    var kind: FileKind
    var version: FormatVersion

    func encoded() -> [UInt8] {
        var bytes = Layout.fileMagic
        bytes.append(kind.rawValue)
        bytes.append(0)
        bytes.append(littleEndian: version.major)
        bytes.append(littleEndian: version.minor)
        bytes.append(contentsOf: repeatElement(0, count: 14))
        bytes.append(littleEndian: checksum(of: bytes, in: bytes.indices))
        return bytes
    }

    /// Reads a header from the first bytes of `file`, of which there may be too few.
    static func decode(_ bytes: [UInt8], file: String) throws(TraceError) -> FileHeader {
        guard !bytes.isEmpty else { throw .emptyFile(file: file) }
        let magic = bytes.prefix(Layout.fileMagic.count)
        guard Layout.fileMagic.starts(with: magic) else {
            throw .foreignFile(file: file, firstBytes: Array(magic))
        }
        guard bytes.count >= Layout.fileHeaderSize else {
            throw .cutHeader(file: file, byteCount: bytes.count)
        }
        guard bytes.littleEndian32(at: 28) == checksum(of: bytes, in: 0..<28) else {
            throw .damagedHeader(file: file, reason: "its checksum does not match")
        }
        let version = FormatVersion(
            major: bytes.littleEndian16(at: 10),
            minor: bytes.littleEndian16(at: 12)
        )
        guard Layout.knownMinors[version.major] != nil else {
            throw .unsupportedVersion(file: file, version: version)
        }
        guard let kind = FileKind(rawValue: bytes[8]) else {
            throw .damagedHeader(file: file, reason: "\(bytes[8]) is no kind of file")
        }
        guard bytes[9] == 0, bytes[14..<28].allSatisfy({ $0 == 0 }) else {
            throw .damagedHeader(file: file, reason: "its reserved bytes are not zero")
        }
        return FileHeader(kind: kind, version: version)
    }
}

extension FileKind {
    /// Tells from the first bytes of a file whether it is a trace or a run.
    ///
    /// - Throws: `TraceError` when it is neither, or of a version that cannot be read.
    public static func detect(_ path: FilePath) throws(TraceError) -> FileKind {
        let source = try FileSource(opening: path)
        let bytes = try source.bytes(at: 0, count: Layout.fileHeaderSize, file: path.string)
        return try FileHeader.decode(bytes, file: path.string).kind
    }
}
