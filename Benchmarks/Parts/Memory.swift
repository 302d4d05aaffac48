import Synchronization
import TraceFormat

/// A file that is only in memory.
final class Memory: ByteSink, ByteSource {
    private let contents = Mutex<[UInt8]>([])

    func append(_ bytes: [UInt8]) {
        contents.withLock { $0 += bytes }
    }

    func truncate(to byteCount: Int64) {
        contents.withLock { $0.removeSubrange(Int(byteCount)...) }
    }

    func byteCount() -> Int64 {
        contents.withLock { Int64($0.count) }
    }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        contents.withLock { Array($0.dropFirst(Int(offset)).prefix(count)) }
    }
}
