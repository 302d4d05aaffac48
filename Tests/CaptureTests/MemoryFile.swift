import SystemPackage
import Synchronization
import TraceFormat

/// A file in memory, for traces that a test writes and reads back.
final class MemoryFile: ByteSink, ByteSource {
    private let content = Mutex<[UInt8]>([])

    /// All bytes.
    var bytes: [UInt8] { content.withLock { $0 } }

    func append(_ bytes: [UInt8]) throws(Errno) {
        content.withLock { $0 += bytes }
    }

    func truncate(to byteCount: Int64) throws(Errno) {
        content.withLock { $0.removeLast($0.count - Int(byteCount)) }
    }

    func byteCount() throws(Errno) -> Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        Array(bytes.dropFirst(Int(offset)).prefix(count))
    }
}
