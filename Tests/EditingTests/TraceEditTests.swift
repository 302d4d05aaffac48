import Editing
import HTTPWire
import SeededRandom
import Testing
import TraceFormat

@Suite struct TraceEditTests {
    private func glob(_ pattern: String) throws -> Condition {
        .route(try #require(RequestGlob(pattern)))
    }

    private func status(_ pattern: String) throws -> Condition {
        .status(try #require(StatusPattern(pattern)))
    }

    /// The sequences of the exchanges that are kept of five exchanges on one connection.
    private func kept(wanted: [Condition] = [], unwanted: [Condition] = []) -> [UInt64] {
        let records = [
            Script.exchange(7, 0, at: 0, "GET /run/cart/1"),
            Script.exchange(7, 1, at: 10, "POST /run/cart/2", status: 404, duration: 100),
            Script.exchange(7, 2, at: 20, "GET /script/home", status: 503),
            Script.exchange(7, 3, at: 30, "GET /health", status: nil),
            Script.exchange(7, 4, at: 40, "get /run/cart/1?a=b", status: 299),
        ]
        let result = edited(records, Selection(wanted: wanted, unwanted: unwanted))
        #expect(result.counts.exchangesRead == 5)
        #expect(
            result.counts.exchangesKept + result.counts.leftOut.values.reduce(0, +)
                == result.counts.exchangesRead
        )
        return result.records.compactMap {
            if case .exchange(let exchange) = $0 { exchange.sequence } else { nil }
        }
    }

    @Test func conditionsOfOneKindAreAlternatives() throws {
        #expect(kept(wanted: [try glob("/run/*"), try glob("/health")]) == [0, 1, 3, 4])
        #expect(kept(wanted: [.method("POST"), .method("get")]) == [1, 4])
        #expect(kept(wanted: [try status("4xx"), try status("500-599")]) == [1, 2])
        #expect(kept(wanted: [.connection(3...6), .connection(7...7)]) == [0, 1, 2, 3, 4])
    }

    @Test func conditionsOfSeveralKindsMustAllBeMet() throws {
        #expect(kept(wanted: [try glob("GET /run/*"), try status("200")]) == [0])
        #expect(kept(wanted: [try glob("/run/*"), .time(10..<40)]) == [1])
    }

    @Test func unwantedOnesAreLeftOut() throws {
        #expect(kept(unwanted: [try glob("/health"), try status("5xx")]) == [0, 1, 4])
        #expect(kept(wanted: [try glob("/run/*")], unwanted: [.method("POST")]) == [0, 4])
    }

    @Test func exchangeWithoutResponseHasNoStatusAndNoDuration() throws {
        #expect(kept(wanted: [try status("none")]) == [3])
        #expect(kept(wanted: [.duration(0..<Int64.max)]) == [0, 1, 2, 4])
        #expect(kept(wanted: [.duration(50..<Int64.max)]) == [1])
    }

    @Test func reasonsAreCounted() throws {
        let records = [
            Script.exchange(0, 0, at: 0, "GET /a"), Script.exchange(0, 1, at: 1, "GET /b"),
            Script.exchange(0, 2, at: 2, "GET /b", status: 500),
        ]
        var selection = Selection(wanted: [try glob("/b")], unwanted: [try status("500")])
        selection.slice = 1..<Int64.max
        var ledger = Ledger()
        edited(records, selection).counts.add(to: &ledger)
        #expect(ledger["exchanges", "read"] == 3 && ledger["exchanges", "kept"] == 1)
        #expect(ledger["exchanges", "left_out_by_slice"] == 1)
        #expect(ledger["exchanges", "left_out_by_except_status"] == 1)
        #expect(ledger["connections", "kept"] == 1)
    }

    @Test func keptConnectionsAreNumberedWithoutGaps() throws {
        let records = [
            Script.opened(4, at: 0), Script.opened(9, at: 1), Script.opened(2, at: 2),
            Script.exchange(2, 3, at: 3), Script.exchange(9, 0, at: 4, "GET /no"),
            Script.exchange(4, 0, at: 5), Script.closed(9, at: 6), Script.closed(2, at: 7),
            Script.closed(4, at: 8),
        ]
        let result = edited(records, Selection(wanted: [try glob("/run/*")]))
        var first = Script.opened(0, at: 2)
        if case .opened(var opening) = first {
            opening.client = "10.0.0.9:2"
            first = .opened(opening)
        }
        var second = Script.opened(1, at: 0)
        if case .opened(var opening) = second {
            opening.client = "10.0.0.9:4"
            second = .opened(opening)
        }
        #expect(
            result.records == [
                first, Script.exchange(0, 3, at: 3), second, Script.exchange(1, 0, at: 5),
                Script.closed(0, at: 7), Script.closed(1, at: 8),
            ]
        )
        #expect(result.counts.connectionsRead == 3 && result.counts.connectionsKept == 2)
    }

    @Test func withoutSelectionEverythingIsKept() {
        let records = [
            Script.opened(0, at: nil), Script.opened(1, at: 1), Script.exchange(0, at: 2),
            Script.closed(1, at: 3), Script.closed(0, at: 4),
        ]
        #expect(edited(records).records == records)
    }

    @Test func sliceIsARecordingThatBeganAndEndedThere() {
        let records = [
            Script.opened(0, at: 100), Script.opened(1, at: 100), Script.exchange(0, 0, at: 105),
            Script.exchange(0, 1, at: 120), Script.exchange(1, 0, at: 125, duration: 9),
            Script.exchange(0, 2, at: 130), Script.closed(0, at: 140),
        ]
        var selection = Selection()
        selection.slice = 10..<30
        let result = edited(records, selection, firstRequestTime: 100, start: 100).records
        #expect(
            result == [
                Script.opened(0, at: nil), Script.exchange(0, 1, at: 120),
                Script.opened(1, at: nil),
                Script.exchange(1, 0, at: 125, duration: 9),
                Script.closed(0, at: 130, by: .recordingEnd),
                Script.closed(1, at: 134, by: .recordingEnd),
            ]
        )
    }

    @Test func stretchingMovesStartsAndKeepsDurations() {
        let records = [
            Script.opened(0, at: 90), Script.exchange(0, 0, at: 100, duration: 50),
            Script.exchange(0, 1, at: 200, duration: 50), Script.closed(0, at: 260),
        ]
        let half = edited(records, factor: 0.5, firstRequestTime: 100, start: 1000).records
        #expect(
            half == [
                Script.opened(0, at: 995), Script.exchange(0, 0, at: 1000, duration: 50),
                Script.exchange(0, 1, at: 1050, duration: 50), Script.closed(0, at: 1100),
            ]
        )
        let twice = edited(records, factor: 2, firstRequestTime: 100, start: 1000).records
        #expect(twice.last == Script.closed(0, at: 1320))
    }

    @Test func sampleIsTheSameEveryTimeAndOfWholeConnections() {
        var records: [TraceRecord] = []
        for connection in 0..<2000 as Range<UInt64> {
            for sequence in 0..<2 as Range<UInt64> {
                records.append(Script.exchange(connection, sequence, at: 0))
            }
        }
        var selection = Selection()
        selection.sample = ConnectionSample(share: 0.1, seed: 1)
        let first = edited(records, selection)
        #expect(edited(records, selection).records == first.records)
        #expect(first.counts.exchangesKept == 2 * first.counts.connectionsKept)
        // Of 2000 connections, 200 are expected with a standard deviation of 13.
        #expect((140...260).contains(first.counts.connectionsKept))
        selection.sample = ConnectionSample(share: 0.1, seed: 2)
        #expect(edited(records, selection).records != first.records)
        selection.sample = ConnectionSample(share: 1, seed: 1)
        #expect(edited(records, selection).counts.exchangesKept == 4000)
        selection.sample = ConnectionSample(share: 0, seed: 1)
        #expect(edited(records, selection).records == [])
    }

    @Test func extremeTimesAreNoOverflow() {
        let limit: Int64 = 1 << 61
        let records = [
            Script.opened(0, at: -limit), Script.exchange(0, 0, at: limit - 5),
            Script.exchange(0, 1, at: -limit), Script.closed(0, at: limit),
        ]
        for factor in [1, 1e-9, 1e18] {
            let result = edited(records, factor: factor, firstRequestTime: -limit, start: limit)
            #expect(result.records.count == 4)
        }
    }

    @Test(arguments: ["", "20", "2xxx", "0xx", "600-500", "1000", "a", "-200", "200-", "none "])
    func whatIsNoStatusIsRefused(_ text: String) {
        #expect(StatusPattern(text) == nil)
    }
}
