import Testing
import TraceFormat

@testable import Interchange

@Suite struct RecordOrderTests {
    private func record(_ time: Int64) -> TraceRecord {
        .closed(ConnectionClosing(connection: 0, time: time, by: .client))
    }

    private func order(_ positions: [UInt64], limit: Int) -> (times: [Int64], misplaced: UInt64) {
        var order = RecordOrder(countLimit: limit, byteLimit: 1000)
        var records: [TraceRecord] = []
        for position in positions {
            order.add(record(Int64(position)), at: position, to: &records)
        }
        order.finish(to: &records)
        let times = records.compactMap {
            if case .closed(let closing) = $0 { closing.time } else { nil }
        }
        return (times, order.misplacedCount)
    }

    @Test func recordWaitsForThoseBeforeIt() {
        #expect(order([3, 0, 2, 1, 4], limit: 10) == ([0, 1, 2, 3, 4], 0))
    }

    @Test func gapDelaysButKeepsTheOrder() {
        #expect(order([9, 5, 7, 6, 8], limit: 3) == ([5, 6, 7, 8, 9], 0))
    }

    @Test func whatComesTooLateIsCounted() {
        #expect(order([5, 6, 7, 8, 1], limit: 2) == ([5, 6, 7, 8, 1], 1))
    }

}
