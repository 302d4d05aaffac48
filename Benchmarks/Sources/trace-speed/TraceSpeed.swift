import Glibc
import SystemPackage
import TraceFormat

/// Writes and reads the exchanges of a trace again and again, and says how many a second of
/// processor time.
///
///     trace-speed FILE.mtr SECONDS
///
/// Records are in memory before they are written, and nothing is kept of what is written or read.
@main
struct TraceSpeed {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let seconds = Double(arguments[2]), seconds > 0 else {
            print("usage: trace-speed FILE.mtr SECONDS")
            throw Errno.invalidArgument
        }
        let path = FilePath(arguments[1])
        var records: [TraceRecord] = []
        var reader = try TraceReader(opening: path)
        while let record = try reader.next() { records.append(record) }
        let info = reader.info
        let count = Double(max(reader.summary.exchanges, 1))
        let written = try rate(for: seconds) {
            var writer = try TraceWriter(storage: Nowhere(), name: "nowhere", info: info)
            for record in records { try writer.append(record) }
            _ = try writer.finish(ledger: Ledger())
        }
        records = []
        let read = try rate(for: seconds) {
            var reader = try TraceReader(opening: path)
            while try reader.next() != nil {}
        }
        print("\(Int(written * count)) \(Int(read * count))")
    }

    /// How often a second of processor time something is done.
    private static func rate(for seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        let start = processorSeconds()
        var rounds = 0.0
        repeat {
            try body()
            rounds += 1
        } while processorSeconds() - start < seconds
        return rounds / (processorSeconds() - start)
    }

    private static func processorSeconds() -> Double {
        Double(clock()) / Double(CLOCKS_PER_SEC)
    }
}

/// Takes everything and keeps nothing.
private final class Nowhere: ByteSink {
    func append(_ bytes: [UInt8]) throws(Errno) {}
    func truncate(to byteCount: Int64) throws(Errno) {}
}
