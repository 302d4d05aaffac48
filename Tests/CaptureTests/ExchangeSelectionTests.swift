import HTTPWire
import SeededRandom
import Testing
import TraceFormat

@testable import Capture

@Suite struct ExchangeSelectionTests {
    /// Three connections with two exchanges each, as a recorder learns of them.
    private let records: [TraceRecord] = (0..<3 as Range<UInt64>).flatMap {
        number -> [TraceRecord] in
        let opening = ConnectionOpening(
            connection: number,
            client: number == 2 ? "[fe80::7]:5000" : "10.0.0.\(number):5000",
            server: "10.0.0.9:3000",
            time: 0
        )
        let exchanges = ["/run/cart", "/health"].enumerated().map { sequence, path in
            Exchange(
                connection: number,
                sequence: UInt64(sequence),
                request: RecordedMessage(
                    head: Array("GET \(path) HTTP/1.1\r\n\r\n".utf8),
                    firstByteTime: 0,
                    lastByteTime: 0,
                    isComplete: true
                ),
                response: nil,
                end: .cutByRecordingEnd
            )
        }
        let closing = ConnectionClosing(connection: number, time: 1, by: .client)
        return [.opened(opening)] + exchanges.map { .exchange($0) } + [.closed(closing)]
    }

    /// What is chosen, and the account of it.
    private func select(
        _ change: (inout ExchangeSelection) throws -> Void
    ) rethrows -> (records: [TraceRecord], ledger: Ledger) {
        var selection = ExchangeSelection()
        try change(&selection)
        var selector = ExchangeSelector(selection)
        let chosen = records.flatMap { selector.select([$0]) }
        var ledger = Ledger()
        ledger["exchanges", "total"] = UInt64(chosen.exchangeCount)
        ledger["connections", "recorded"] = 3
        selector.write(to: &ledger)
        return (chosen, ledger)
    }

    @Test func everythingPassesUnlessMoreIsSaid() {
        let (chosen, ledger) = select { _ in }
        #expect(chosen == records)
        #expect(ledger["connections", "recorded"] == 3 && ledger["exchanges", "total"] == 6)
    }

    @Test(arguments: [
        (["10.0.0.1"], 1), (["fe80::7", "10.0.0.0"], 2), (["10.0.0.9"], 3), (["10"], 0),
    ])
    func hostsChooseWholeConnections(_ hosts: [String], _ count: Int) {
        let (chosen, ledger) = select { $0.hosts = Set(hosts) }
        #expect(chosen.count == count * 4)
        #expect(ledger["exchanges", "left_out_by_host"] == UInt64(6 - 2 * count))
        #expect(ledger["exchanges", "total"] == 6)
        #expect(ledger["connections", "recorded"] == UInt64(count))
        #expect(ledger["connections", "left_out"] == UInt64(3 - count))
    }

    @Test func routesChooseExchanges() throws {
        let glob = try #require(RequestGlob("GET /run/*"))
        let only = select { $0.only = [glob] }
        #expect(only.records.exchangeCount == 3 && only.records.count == 9)
        #expect(only.ledger["exchanges", "left_out_by_route"] == 3)
        let except = select { $0.except = [glob] }
        #expect(except.records.exchangeCount == 3)
        #expect(select { ($0.only, $0.except) = ([glob], [glob]) }.records.exchangeCount == 0)
    }

    @Test func samplesAreTheSameEveryTime() {
        let half = ConnectionSample(share: 0.5, seed: 3)
        let chosen = select { $0.sample = half }
        #expect(chosen.records == select { $0.sample = half }.records)
        let expected = (0..<3 as Range<UInt64>).count { half.contains(connection: $0) }
        #expect(chosen.records.exchangeCount == expected * 2)
        #expect(chosen.ledger["exchanges", "left_out_by_sample"] == UInt64(6 - expected * 2))
    }

    @Test func whatIsBeyondTheLimitIsCounted() {
        let (chosen, ledger) = select { $0.limit = 4 }
        #expect(chosen.exchangeCount == 4)
        #expect(ledger["exchanges", "left_out_by_limit"] == 2 && ledger["exchanges", "total"] == 6)
    }
}

extension [TraceRecord] {
    fileprivate var exchangeCount: Int {
        count { record in if case .exchange = record { true } else { false } }
    }
}
