import HTTPWire
import Testing
import TraceFormat

@testable import Replayer

@Suite struct PlannerTests {
    private func planner(
        _ pace: Pace = .arrival(speed: 2),
        _ connections: ConnectionPolicy = .recorded
    ) -> Planner {
        let target = Target(host: "127.0.0.1", port: 3000)
        return Planner(
            configuration: ReplayConfiguration(
                target: target,
                pace: pace,
                connections: connections
            )
        )
    }

    private func requestPlanned(_ event: PlannedEvent?) -> PlannedRequest? {
        guard case .task(.request(let request), _)? = event?.kind else { return nil }
        return request
    }

    @Test func aConnectionOpensSendsAndClosesAtItsScaledTimes() throws {
        var planner = planner()
        let opened = planner.plan(
            .opened(ConnectionOpening(connection: 3, client: "c", server: "s", time: -50)),
            index: nil
        )
        #expect(opened == PlannedEvent(due: -25, lane: 0, kind: .task(.open, .now)))
        let sent = planner.plan(
            .exchange(recordedExchange(connection: 3, at: 200, answeredAt: 220)),
            index: 4
        )
        #expect(sent?.due == 100)
        let outcome = try #require(requestPlanned(sent)).outcome
        #expect(outcome.index == 4)
        #expect(outcome.method == "GET")
        #expect(outcome.target == "/run/cart")
        #expect(outcome.recordedStatus == 200)
        let closed = planner.plan(
            .closed(ConnectionClosing(connection: 3, time: 400, by: .client)),
            index: nil
        )
        #expect(closed == PlannedEvent(due: 200, lane: 0, kind: .task(.close, .now)))
    }

    @Test func onlyWhatTheRecordingPipelinedIsPipelined() throws {
        var planner = planner()
        let times: [(at: Int64, end: Int64)] = [(100, 200), (150, 220), (230, 240)]
        let pipelined = try times.enumerated().map { position, time in
            let exchange = recordedExchange(
                sequence: UInt64(position),
                at: time.at,
                answeredAt: time.end
            )
            let event = planner.plan(.exchange(exchange), index: UInt64(position))
            return try #require(requestPlanned(event)).isPipelined
        }
        #expect(pipelined == [false, true, false])
    }

    @Test func aHugeBodyThatWasNotRecordedIsNotMadeUp() {
        var planner = planner()
        var exchange = recordedExchange(
            head: "POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n",
            at: 100,
            answeredAt: nil
        )
        exchange.request.body.length = .max
        exchange.request.body.bytes = nil
        guard case .unsendable? = planner.plan(.exchange(exchange), index: 0)?.kind else {
            Issue.record("a body of 16 EiB was planned")
            return
        }
    }

    @Test func aRequestSaysWhetherItEndsItsConnection() throws {
        var planner = planner()
        let heads = [
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ]
        let ends = try heads.map { head in
            let exchange = recordedExchange(head: head, at: 100, answeredAt: 110)
            return try #require(requestPlanned(planner.plan(.exchange(exchange), index: 0)))
                .endsConnection
        }
        #expect(ends == [false, true, true, false])
    }

    @Test func cappedConnectionsStayOpen() {
        var planner = planner(.arrival(speed: 1), .capped(1))
        let opening = ConnectionOpening(connection: 3, client: "c", server: "s", time: 50)
        let closing = ConnectionClosing(connection: 3, time: 500, by: .client)
        #expect(planner.plan(.opened(opening), index: nil) == nil)
        #expect(planner.plan(.closed(closing), index: nil) == nil)
    }

    @Test func aRequestThatWasNotRecordedWholeIsNotSent() {
        var planner = planner()
        var exchange = recordedExchange(at: 100, answeredAt: nil)
        exchange.request.isComplete = false
        guard case .unsendable(let outcome)? = planner.plan(.exchange(exchange), index: 0)?.kind
        else {
            Issue.record("half a request was planned")
            return
        }
        #expect(outcome.result == .unsent(.incompleteRecording))
    }

    @Test func timeToThinkFollowsTheResponseBeforeIt() throws {
        var planner = planner(.think(speed: 2))
        let events = [(at: 100, end: 160), (at: 200, end: 210), (at: 205, end: 230)].enumerated()
            .map { position, times in
                planner.plan(
                    .exchange(
                        recordedExchange(
                            sequence: UInt64(position),
                            at: Int64(times.at),
                            answeredAt: Int64(times.end)
                        )
                    ),
                    index: UInt64(position)
                )
            }
        let starts = events.map { event -> TaskStart? in
            guard case .task(.request, let start)? = event?.kind else { return nil }
            return start
        }
        #expect(starts == [.at(50), .afterPrevious(20), .afterPrevious(0)])
        #expect(events.map { $0?.due } == [0, 0, 0])
        let closing = ConnectionClosing(connection: 0, time: 250, by: .client)
        let closed = planner.plan(.closed(closing), index: nil)
        #expect(closed?.kind == .task(.close, .afterPrevious(10)))
    }

    @Test func freshConnectionsAreClosedAfterEachRequest() {
        var configuration = ReplayConfiguration(target: Target(host: "127.0.0.1", port: 3000))
        configuration.usesFreshConnections = true
        var planner = Planner(configuration: configuration)
        var kinds: [String] = []
        let exchange = recordedExchange(at: 100, answeredAt: 110)
        planner.plan(played(.exchange(exchange), index: 0)) { event in
            guard case .task(let task, _) = event.kind else { return }
            if case .request = task { kinds.append("request") }
            if case .close = task { kinds.append("close") }
        }
        #expect(kinds == ["request", "close"])
    }

    @Test func nothingIsPlannedBeyondTheDuration() {
        var configuration = ReplayConfiguration(target: Target(host: "127.0.0.1", port: 3000))
        configuration.limits.duration = 100
        var planner = Planner(configuration: configuration)
        let times: [Int64] = [0, 99, 100]
        let events = times.enumerated().map { index, time in
            planner.plan(
                .exchange(recordedExchange(at: time, answeredAt: nil)),
                index: UInt64(index)
            )
        }
        #expect(events.map { $0?.due } == [0, 99, nil])
        #expect(planner.isOver)
    }

    @Test func theShardsOfAPlanAreThePlan() {
        func indices(_ shard: Shard?) -> [UInt64] {
            var configuration = ReplayConfiguration(
                target: Target(host: "127.0.0.1", port: 3000),
                pace: .rate(ArrivalRate(perSecond: 100), .exponential)
            )
            configuration.selection.shard = shard
            var planner = Planner(configuration: configuration)
            return (0..<200 as Range<UInt64>).compactMap { index in
                let exchange = recordedExchange(
                    connection: index % 50,
                    sequence: index / 50,
                    at: Int64(index),
                    answeredAt: nil
                )
                let event = planner.plan(.exchange(exchange), index: index)
                return event.map { UInt64($0.due) << 16 | index }
            }
        }
        let parts = (1...4).map { indices(Shard($0, of: 4)) }
        #expect(parts.allSatisfy { $0.count > 20 })
        #expect(parts.flatMap(\.self).sorted() == indices(nil))
    }
}

/// A record at its own time, on the first copy of its connection.
private func played(_ record: TraceRecord, index: UInt64?) -> PlayedRecord {
    let time =
        switch record {
        case .opened(let opening): opening.time ?? 0
        case .exchange(let exchange): exchange.request.firstByteTime
        case .closed(let closing): closing.time
        }
    return PlayedRecord(
        time: time,
        connection: ConnectionCopy(connection: record.connection, copy: 0),
        record: record,
        index: index
    )
}

extension Planner {
    /// The one step for a record, if there is any.
    fileprivate mutating func plan(_ record: TraceRecord, index: UInt64?) -> PlannedEvent? {
        var event: PlannedEvent?
        plan(played(record, index: index)) { event = $0 }
        return event
    }
}
