import Synchronization
import SystemPackage
import TraceFormat

/// Bytes in memory as a sink and a source, with a size at which the disk is full.
final class MemoryStorage: ByteSink, ByteSource {
    private let contents: Mutex<[UInt8]>
    private let capacity: Int
    private let canTruncate: Bool

    init(_ bytes: [UInt8] = [], capacity: Int = .max, canTruncate: Bool = true) {
        contents = Mutex(bytes)
        self.capacity = capacity
        self.canTruncate = canTruncate
    }

    var bytes: [UInt8] { contents.withLock { $0 } }

    /// Writes what fits, as a file system does, and fails for the rest.
    func append(_ bytes: [UInt8]) throws(Errno) {
        let room = contents.withLock { contents in
            let room = capacity - contents.count
            contents += bytes.prefix(room)
            return room
        }
        guard bytes.count <= room else { throw .noSpace }
    }

    func truncate(to byteCount: Int64) throws(Errno) {
        guard canTruncate else { throw .invalidArgument }
        contents.withLock { $0.removeLast($0.count - Int(byteCount)) }
    }

    func byteCount() throws(Errno) -> Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        contents.withLock { Array($0.dropFirst(Int(offset)).prefix(count)) }
    }
}
