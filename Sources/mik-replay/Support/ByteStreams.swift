import Glibc
import SystemPackage

/// A file or standard input that is read from its start to its end.
struct InputStream: ~Copyable {
    private static let chunkSize = 256 << 10

    private let descriptor: FileDescriptor
    private let name: String
    private let isOwned: Bool

    /// Opens a file; `-` is standard input.
    init(opening path: FilePath) throws(CommandFailure) {
        isOwned = path != "-"
        name = isOwned ? path.string : "standard input"
        descriptor = isOwned ? try Self.open(path) : .standardInput
    }

    private static func open(_ path: FilePath) throws(CommandFailure) -> FileDescriptor {
        do {
            guard try path.stat().type != .directory else { throw Errno.isDirectory }
            return try .open(path, .readOnly)
        } catch {
            throw CommandFailure("cannot open \(path.string): \(error)", .inputMissing)
        }
    }

    /// The next bytes; `nil` at the end.
    func read() throws(CommandFailure) -> [UInt8]? {
        do {
            let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) {
                unsafe $1 = try descriptor.read(into: UnsafeMutableRawBufferPointer($0))
            }
            return bytes.isEmpty ? nil : bytes
        } catch {
            throw CommandFailure("cannot read \(name): \(error)", .inputMissing)
        }
    }

    deinit {
        if isOwned { try? descriptor.close() }
    }
}

/// A file or standard output that is written from its start to its end.
///
/// Only its owner may read the file: what a command writes is as private as what it was made of.
struct OutputStream: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: FilePath
    /// Whether nobody reads standard output any more, which is none of our business.
    private(set) var isUnread = false

    /// Creates a file; `-` is standard output.
    ///
    /// What exists is only replaced when that is asked for.
    init(creating path: FilePath, replacing: Bool) throws(CommandFailure) {
        self.path = path
        descriptor = path == "-" ? .standardOutput : try Self.create(path, replacing)
    }

    private static func create(
        _ path: FilePath,
        _ replacing: Bool
    ) throws(CommandFailure) -> FileDescriptor {
        do {
            return try .open(
                path,
                .writeOnly,
                options: [.create, replacing ? .truncate : .exclusiveCreate],
                permissions: [.ownerReadWrite]
            )
        } catch Errno.fileExists {
            throw .alreadyExists(path)
        } catch {
            throw CommandFailure("cannot create \(path.string): \(error)", .cannotWrite)
        }
    }

    /// Writes all bytes at the end.
    mutating func write(_ bytes: [UInt8]) throws(CommandFailure) {
        guard !isUnread else { return }
        do {
            try descriptor.writeAll(bytes)
        } catch Errno.brokenPipe where path == "-" {
            isUnread = true
        } catch {
            let name = path == "-" ? "standard output" : path.string
            throw CommandFailure("cannot write \(name): \(error)", .cannotWrite)
        }
    }

    deinit {
        if path != "-" { try? descriptor.close() }
    }
}
