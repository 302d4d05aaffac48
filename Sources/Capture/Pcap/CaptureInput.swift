internal import SystemPackage
internal import TraceFormat

/// The bytes of a capture file from the first to the last, inflated where they are gzip'd.
struct CaptureInput: ~Copyable {
    /// Why the next bytes can't be had.
    enum Failure: Error {
        /// The system can't read them.
        case unreadable(Errno)
        /// They can't be inflated.
        case damaged(GzipReader.Damage)

        /// What is wrong.
        var description: String {
            switch self {
            case .unreadable(let error): error.description
            case .damaged(let damage): damage.description
            }
        }
    }

    private let descriptor: FileDescriptor
    private let isOwned: Bool
    private var bytes = InflatedBytes()

    /// Opens a source.
    init(opening source: PacketSource) throws(CaptureError) {
        guard let path = source.path else {
            descriptor = .standardInput
            isOwned = false
            return
        }
        isOwned = true
        do {
            descriptor = try .open(FilePath(path), .readOnly, options: [.closeOnExec])
        } catch {
            let reason = (error as? Errno)?.description ?? "\(error)"
            throw .cannotOpen(file: source.name, reason: reason)
        }
    }

    deinit { if isOwned { try? descriptor.close() } }

    /// Reads bytes into `buffer` from `start` on.
    ///
    /// - Returns: How many came; 0 at the end of the file.
    mutating func read(into buffer: inout [UInt8], from start: Int) throws(Failure) -> Int {
        while !bytes.isPlain {
            do throws(GzipReader.Damage) {
                if let count = try bytes.read(into: &buffer, from: start) { return count }
            } catch {
                throw .damaged(error)
            }
            var part = [UInt8](repeating: 0, count: 1 << 16)
            let count = try Self.read(descriptor, into: &part, from: 0)
            part.removeLast(part.count - count)
            bytes.feed(part)
        }
        return try Self.read(descriptor, into: &buffer, from: start)
    }

    private static func read(
        _ descriptor: FileDescriptor,
        into buffer: inout [UInt8],
        from start: Int
    ) throws(Failure) -> Int {
        do {
            return try unsafe buffer.withUnsafeMutableBytes { bytes in
                try unsafe descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                )
            }
        } catch {
            guard let error = error as? Errno else {
                preconditionFailure("a read failed without a reason: \(error)")
            }
            throw .unreadable(error)
        }
    }
}
