import SeededRandom
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct TraceProfileTests {
    private func exchange(
        at time: Int64,
        _ line: String = "GET /run/cart/7",
        status: UInt16? = 200,
        took duration: Int64 = 10,
        body: Int? = nil
    ) -> TraceRecord {
        let message = { (head: String, time: Int64) in
            RecordedMessage(
                head: Array(head.utf8),
                body: body.map { count in
                    RecordedBody(
                        length: UInt64(count),
                        wireLength: UInt64(count),
                        fingerprint: Fingerprint(of: []),
                        bytes: nil
                    )
                } ?? .empty,
                firstByteTime: time,
                lastByteTime: time,
                isComplete: true
            )
        }
        return .exchange(
            Exchange(
                connection: 0,
                sequence: 0,
                request: message("\(line) HTTP/1.1\r\n\r\n", time),
                response: status.map {
                    RecordedResponse(
                        status: $0,
                        message: message("HTTP/1.1 200\r\n\r\n", time + duration)
                    )
                },
                end: status == nil ? .closedWithoutResponse : .complete
            )
        )
    }

    private func profile(
        _ records: [TraceRecord],
        from first: Int64? = 0,
        to last: Int64? = 600,
        routeLimit: Int = 500
    ) -> TraceProfile {
        let summary = TraceSummary(
            exchanges: UInt64(records.count),
            connections: 1,
            firstRequestTime: first,
            lastTime: last,
            contentHash: "",
            ledger: nil
        )
        var profiler = TraceProfiler(summary, routeLimit: routeLimit, methodLimit: 2)
        for record in records { profiler.add(record) }
        return profiler.finish()
    }

    @Test func exchangesAreCountedByRouteMethodStatusAndEnd() {
        let profile = profile([
            exchange(at: 0), exchange(at: 1, "POST /run/cart", status: 404),
            exchange(at: 2, "GET /health?x", status: nil), exchange(at: 3, "PUT /x", status: 500),
        ])
        #expect(profile.routes.map(\.name) == ["/run/cart", "/health", "/x"])
        #expect(profile.routes.map(\.count) == [2, 1, 1])
        #expect(profile.routes[0].statuses == [200: 1, 404: 1])
        #expect(profile.routes[1].withoutResponse == 1)
        #expect(profile.methods.map(\.name) == ["GET", "(others)", "POST"])
        #expect(profile.ends == [.complete: 3, .closedWithoutResponse: 1])
        #expect(profile.incomplete.map(\.count) == [1])
        #expect(profile.overall.count == 4)
    }

    @Test func routesBeyondTheLimitAreCountedTogether() {
        let records = (0..<10).map { exchange(at: Int64($0), "GET /r\($0)") }
        let profile = profile(records + [exchange(at: 20, "GET /r1")], routeLimit: 2)
        #expect(profile.routes.map(\.name) == ["(others)", "/r1", "/r0"])
        #expect(profile.routes.map(\.count) == [8, 2, 1])
    }

    @Test func concurrencyIsThatOfOneMoment() {
        let opened = { (connection: UInt64) in
            TraceRecord.opened(
                ConnectionOpening(connection: connection, client: "", server: "", time: 0)
            )
        }
        let closed = TraceRecord.closed(ConnectionClosing(connection: 0, time: 9, by: .client))
        let profile = profile([
            opened(0), opened(1), exchange(at: 0, took: 100), exchange(at: 50, took: 100), closed,
            closed, closed, opened(2), exchange(at: 100, took: 1), exchange(at: 101, took: 1),
        ])
        #expect(profile.peakOpenConnections == 2)
        #expect(profile.peakInProgress == 2)
    }

    @Test func rateCoversTheWholeDuration() {
        let profile = profile([exchange(at: 0), exchange(at: 11), exchange(at: 600)])
        #expect(profile.rate.partDuration == 11)
        #expect(profile.rate.counts.count == 55)
        #expect(profile.rate.counts.first == 1 && profile.rate.counts[1] == 1)
        #expect(profile.rate.counts.last == 1)
        // Times outside of the totals, as in a damaged file, are counted at the ends.
        let outside = self.profile([exchange(at: -5), exchange(at: 9000)])
        #expect(outside.rate.counts.first == 1 && outside.rate.counts.last == 1)
        #expect(self.profile([], from: nil, to: nil).rate.counts == [0])
    }

    @Test func percentilesAreWithinOnePerCentOfTheExactOnes() throws {
        var random = SplitMix64(seed: 9)
        var durations: [Int64] = []
        var recorded = RecordedDurations()
        for _ in 0..<5000 {
            let duration = Int64.random(
                in: 1...1 << Int64.random(in: 1...40, using: &random),
                using: &random
            )
            durations.append(duration)
            recorded.add(duration)
        }
        durations.sort()
        for quantile in [Quantile.p50, .p90, .p99, .max] {
            let exact = Double(durations[try #require(quantile.rank(in: durations.count)) - 1])
            let value = Double(try #require(recorded.value(quantile)))
            #expect(abs(value - exact) <= exact * 0.01 + 1, "\(quantile.name): \(value), \(exact)")
        }
        #expect(recorded.value(.max) == durations.last)
    }

    @Test func tooFewDurationsTellNoPercentile() {
        var recorded = RecordedDurations()
        #expect(recorded.value(.max) == nil)
        for _ in 0..<4 { recorded.add(-3) }
        #expect(recorded.value(.p50) == nil && recorded.value(.max) == 0)
        recorded.add(.max)
        #expect(recorded.value(.p50) == 0 && recorded.value(.max) == .max)
    }

    @Test func bodiesAreAddedUp() {
        let profile = profile([
            exchange(at: 0, body: 5), exchange(at: 1, body: 7), exchange(at: 2, body: 0),
        ])
        #expect(profile.requestBodies.count == 2 && profile.requestBodies.byteCount == 12)
        #expect(profile.responseBodies.greatest == 7 && profile.responseBodies.keptCount == 0)
    }

    @Test func reportSaysTheSameInTextAndJSON() {
        var ledger = Ledger()
        ledger["exchanges", "total"] = 6
        let summary = TraceSummary(
            exchanges: 6,
            connections: 1,
            firstRequestTime: 0,
            lastTime: 2_000_000_000,
            contentHash: "abc",
            ledger: ledger
        )
        var profiler = TraceProfiler(summary)
        for index in 0..<6 as Range<Int64> {
            profiler.add(exchange(at: index * 1000, took: 2_000_000, body: 3))
        }
        let file = TraceFile(
            name: "shop.mtr",
            byteCount: 600,
            version: FormatVersion(major: 1, minor: 0),
            info: TraceInfo(writer: "w", source: "proxy", epoch: 0, bodies: "none", clock: "c"),
            summary: summary,
            profile: profiler.finish(),
            damage: [.unfinished]
        )
        let text = file.text(hasSparkline: true)
        for part in [
            "SIZE      6 exchanges on 1 connections · 600 bytes · 100.0 bytes an exchange",
            "TIME      2.0 s · 3.0/s on average", "█", "at most 0 open connections",
            "proxy, by w · bodies: none · clock: c", "DAMAGE    the file was never finished",
            "METHODS   GET ×6", "STATUS    200 ×6", "requests: 6 of 18 bytes, at most 3, none kept",
            "/run/cart                               6", "LEDGER    exchanges: total 6",
        ] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
        #expect(!file.text(hasSparkline: false).contains("█"))
        let json = file.json.text
        for part in [
            #""bytes_per_exchange": 100.0"#, #""peak_in_progress": 6"#, #""part_ns": 33333334"#,
            #""recorded_ns": {"#, #""p90": null"#,
        ] {
            #expect(json.contains(part), "\(part) is not in\n\(json)")
        }
    }
}
