public import SystemPackage

/// Why a trace or a run could not be opened, read or written.
public enum TraceError: Error, Equatable, Sendable {
    /// The file could not be opened for reading.
    case cannotOpen(file: String, Errno)
    /// The input is no regular file, but for example a directory.
    case notAFile(file: String, what: String)
    /// The system failed to read from the file.
    case cannotRead(file: String, offset: Int64, Errno)

    /// The file has no byte.
    case emptyFile(file: String)
    /// The file does not start with the magic bytes.
    case foreignFile(file: String, firstBytes: [UInt8])
    /// The file ends inside its header.
    case cutHeader(file: String, byteCount: Int)
    /// The header has the magic bytes, but is wrong otherwise.
    case damagedHeader(file: String, reason: String)
    /// The file was written for another major version.
    case unsupportedVersion(file: String, version: FormatVersion)
    /// A run was given where a trace is wanted, or the other way round.
    case wrongKind(file: String, found: FileKind, wanted: FileKind)
    /// A record to be written is over the limit of the format.
    case recordTooLong(file: String, byteCount: Int, limit: Int)
    /// A record to be written has a time more than 73 years from its epoch.
    case timeOutOfRange(file: String)

    /// The output exists and is not to be replaced.
    case alreadyExists(file: String)
    /// The output could not be created.
    case cannotCreate(file: String, Errno)
    /// The system failed to write; what was written before `offset` stays readable.
    case cannotWrite(file: String, offset: Int64, Errno)

    /// The three ways to fail, by which the command line chooses its exit status.
    public enum Category: Sendable {
        /// The input is not there or cannot be read.
        case missingInput
        /// The data are not what they should be.
        case badData
        /// The output cannot be written.
        case cannotWrite
    }

    /// Which of the three ways to fail this is.
    public var category: Category {
        switch self {
        case .cannotOpen, .notAFile, .cannotRead: .missingInput
        case .emptyFile, .foreignFile, .cutHeader, .damagedHeader, .unsupportedVersion, .wrongKind,
            .recordTooLong, .timeOutOfRange:
            .badData
        case .alreadyExists, .cannotCreate, .cannotWrite: .cannotWrite
        }
    }
}

extension TraceError: CustomStringConvertible {
    /// One sentence that names the file and the reason.
    public var description: String {
        switch self {
        case .cannotOpen(let file, let errno): "cannot open \(file): \(errno)"
        case .notAFile(let file, let what): "cannot read \(file): it is \(what), not a file"
        case .cannotRead(let file, let offset, let errno):
            "cannot read \(file) at byte \(offset): \(errno)"
        case .emptyFile(let file): "\(file) is empty"
        case .foreignFile(let file, let firstBytes):
            "\(file) is not a mik-replay file: its first bytes are \(firstBytes.hexadecimal)"
        case .cutHeader(let file, let byteCount):
            "\(file) is cut off inside its header, after \(byteCount) of "
                + "\(Layout.fileHeaderSize) bytes"
        case .damagedHeader(let file, let reason): "the header of \(file) is damaged: \(reason)"
        case .unsupportedVersion(let file, let version):
            "\(file) has format version \(version) and needs a mik-replay that reads version "
                + "\(version.major); this one reads up to version \(Layout.version.major)"
        case .wrongKind(let file, let found, let wanted):
            "\(file) is a \(found.name), but a \(wanted.name) is wanted"
        case .recordTooLong(let file, let byteCount, let limit):
            "cannot keep a record of \(byteCount) bytes in \(file): the limit is \(limit) bytes"
        case .timeOutOfRange(let file):
            "cannot keep a record in \(file): it has a time more than 73 years from the epoch"
        case .alreadyExists(let file): "\(file) already exists"
        case .cannotCreate(let file, let errno): "cannot create \(file): \(errno)"
        case .cannotWrite(let file, let offset, let errno):
            "cannot write \(file) at byte \(offset): \(errno)"
        }
    }
}

extension [UInt8] {
    /// Two lower-case digits for each byte, with spaces between the bytes.
    fileprivate var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: " ")
    }
}
