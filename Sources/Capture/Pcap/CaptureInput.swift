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
        /// They end where something of the gzip file is missing.
        case cutOff

        /// What is wrong.
        var description: String {
            switch self {
            case .unreadable(let error): error.description
            case .damaged(let damage): damage.description
            case .cutOff: "the gzip data end too early"
            }
        }
    }

    private let descriptor: FileDescriptor
    private let isOwned: Bool
    private var compressed: [UInt8] = []
    private var compressedRange = 0..<0
    private var isGzip: Bool?
    private var gzip = GzipReader()

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
        if isGzip == nil { try recognize() }
        if isGzip == true { return try inflate(into: &buffer, from: start) }
        guard compressedRange.isEmpty else { return takeRecognized(into: &buffer, from: start) }
        return try Self.read(descriptor, into: &buffer, from: start)
    }

    /// Looks at the first bytes, which stay in `compressed`.
    private mutating func recognize() throws(Failure) {
        compressed = [UInt8](repeating: 0, count: 1 << 16)
        var end = 0
        while end < GzipReader.magic.count {
            let count = try Self.read(descriptor, into: &compressed, from: end)
            guard count > 0 else { break }
            end += count
        }
        compressedRange = 0..<end
        isGzip = compressed[compressedRange].starts(with: GzipReader.magic)
    }

    private mutating func takeRecognized(into buffer: inout [UInt8], from start: Int) -> Int {
        let count = min(buffer.count - start, compressedRange.count)
        buffer.replaceSubrange(
            start..<start + count,
            with: compressed[compressedRange.prefix(count)]
        )
        compressedRange = compressedRange.dropFirst(count)
        if compressedRange.isEmpty { compressed = [] }
        return count
    }

    private mutating func inflate(
        into buffer: inout [UInt8],
        from start: Int
    ) throws(Failure) -> Int {
        while true {
            do {
                var offset = compressedRange.lowerBound
                let compressed = compressed
                let input = compressed.span.extracting(0..<compressedRange.upperBound)
                let count = try gzip.inflate(input, at: &offset, into: &buffer, from: start)
                compressedRange = offset..<compressedRange.upperBound
                if count > 0 { return count }
            } catch {
                throw .damaged(error)
            }
            guard compressedRange.isEmpty else { continue }
            let count = try Self.read(descriptor, into: &compressed, from: 0)
            compressedRange = 0..<count
            guard count > 0 else {
                guard gzip.isAtMemberEnd else { throw .cutOff }
                return 0
            }
        }
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
