internal import Glibc
public import SystemPackage

/// Where a writer puts its bytes, one after the other.
public protocol ByteSink: AnyObject, Sendable {
    /// Writes all bytes at the end.
    func append(_ bytes: [UInt8]) throws(Errno)
    /// Cuts the end off, so that `byteCount` bytes are left.
    func truncate(to byteCount: Int64) throws(Errno)
    /// Returns when everything written so far would survive the end of the machine.
    func synchronize() throws(Errno)
}

extension ByteSink {
    /// Does nothing: most sinks have no disk behind them.
    public func synchronize() throws(Errno) {}
}

/// Where a reader takes its bytes from, in any order.
public protocol ByteSource: AnyObject, Sendable {
    /// The number of bytes.
    func byteCount() throws(Errno) -> Int64
    /// The `count` bytes from `offset` on; fewer only at the end.
    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8]
}

extension ByteSource {
    /// Reads with an error that names the file.
    func bytes(at offset: Int64, count: Int, file: String) throws(TraceError) -> [UInt8] {
        do {
            return try read(at: offset, count: count)
        } catch {
            throw .cannotRead(file: file, offset: offset, error)
        }
    }
}

/// A file that is being written.
final class FileSink: ByteSink {
    private let descriptor: FileDescriptor
    private let isOwned: Bool

    /// Creates the file at `path`, for its owner only; `-` is standard output.
    ///
    /// What exists is only replaced when that is asked for; devices and pipes have nothing to
    /// lose and are written to in any case.
    init(creating path: FilePath, replacing: Bool) throws(TraceError) {
        guard path != "-" else {
            descriptor = .standardOutput
            isOwned = false
            return
        }
        isOwned = true
        do {
            descriptor = try .open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerRead, .ownerWrite]
            )
        } catch let error as Errno where error == .fileExists {
            descriptor = try FileSink.reopen(path, replacing: replacing)
        } catch {
            throw .cannotCreate(file: path.string, errno(of: error))
        }
    }

    private static func reopen(
        _ path: FilePath,
        replacing: Bool
    ) throws(TraceError) -> FileDescriptor {
        do {
            if try path.stat().type == .regular, !replacing {
                throw TraceError.alreadyExists(file: path.string)
            }
            return try .open(path, .writeOnly, options: [.truncate, .closeOnExec])
        } catch let error as TraceError {
            throw error
        } catch {
            throw .cannotCreate(file: path.string, errno(of: error))
        }
    }

    func append(_ bytes: [UInt8]) throws(Errno) {
        do {
            try descriptor.writeAll(bytes)
        } catch {
            throw errno(of: error)
        }
    }

    func truncate(to byteCount: Int64) throws(Errno) {
        do {
            try descriptor.resize(to: byteCount)
        } catch {
            throw errno(of: error)
        }
    }

    func synchronize() throws(Errno) {
        while fdatasync(descriptor.rawValue) != 0 {
            let error = Errno(rawValue: errno)
            if error == .interrupted { continue }
            // A pipe or a device has no disk behind it.
            if error == .invalidArgument || error == .notSupported { return }
            throw error
        }
    }

    deinit {
        if isOwned { try? descriptor.close() }
    }
}

/// A file that is being read.
final class FileSource: ByteSource {
    private let descriptor: FileDescriptor

    /// Opens the regular file at `path`.
    init(opening path: FilePath) throws(TraceError) {
        let type: FileType
        do {
            descriptor = try .open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            type = try descriptor.stat().type
        } catch {
            throw .cannotOpen(file: path.string, errno(of: error))
        }
        guard type == .regular else {
            throw .notAFile(
                file: path.string,
                what: type == .directory ? "a directory" : "a device or pipe"
            )
        }
    }

    deinit {
        try? descriptor.close()
    }

    func byteCount() throws(Errno) -> Int64 {
        try descriptor.stat().size
    }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                    )
                    let read = try unsafe descriptor.read(
                        fromAbsoluteOffset: offset &+ Int64(filled),
                        into: rest
                    )
                    if read == 0 { break }
                    filled += read
                }
            }
        } catch {
            throw errno(of: error)
        }
    }
}

/// The system's error number in an error of a library that throws nothing else.
private func errno(of error: any Error) -> Errno {
    guard let errno = error as? Errno else {
        preconditionFailure("a system call threw something else than its error number: \(error)")
    }
    return errno
}
