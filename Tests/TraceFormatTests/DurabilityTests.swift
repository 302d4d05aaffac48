import Synchronization
import SystemPackage
import Testing

@testable import TraceFormat

@Suite struct DurabilityTests {
    @Test func blocksAreDueAsThePolicySays() {
        #expect(due(.system, [(100, true)]) == [false])
        #expect(due(.block, [(0, false), (0, true)]) == [true, true])
        #expect(
            due(.interval(nanoseconds: 10), [(14, false), (15, false), (24, false), (24, true)])
                == [false, true, false, true]
        )
    }

    /// What a schedule that starts at 5 says at each time.
    private func due(_ durability: Durability, _ blocks: [(now: Int64, isLast: Bool)]) -> [Bool] {
        var schedule = SynchronizationSchedule(durability, now: 5)
        return blocks.map { schedule.isDue(now: $0.now, isLast: $0.isLast) }
    }

    /// Counts how often what was written had to be on the disk.
    private final class CountingSink: ByteSink {
        let count = Mutex(0)
        let failure: Errno?

        init(failure: Errno? = nil) { self.failure = failure }

        func append(_ bytes: [UInt8]) {}
        func truncate(to byteCount: Int64) {}
        func synchronize() throws(Errno) {
            count.withLock { $0 += 1 }
            if let failure { throw failure }
        }
    }

    private func write(to sink: CountingSink, _ durability: Durability) throws(TraceError) {
        var writer = try TraceWriter(
            storage: sink,
            name: "a.mtr",
            info: sampleInfo,
            durability: durability
        )
        try writer.append(sampleExchange(time: 1))
        try writer.flush()
        _ = try writer.finish(ledger: Ledger())
    }

    @Test func everyBlockOrOnlyTheEndGoesToTheDisk() throws {
        let sinks = (0..<3).map { _ in CountingSink() }
        try write(to: sinks[0], .system)
        try write(to: sinks[1], .block)
        try write(to: sinks[2], .interval(nanoseconds: .max))
        #expect(sinks.map { $0.count.withLock { $0 } } == [0, 5, 1])
    }

    @Test func diskThatFailsIsAnError() throws {
        let error = #expect(throws: TraceError.self) {
            try write(to: CountingSink(failure: .ioError), .block)
        }
        #expect(error?.category == .cannotWrite)
    }
}
