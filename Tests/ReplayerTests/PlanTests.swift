import HTTPWire
import Testing
import TraceFormat

@testable import Replayer

private let target = Target(host: "127.0.0.1", port: 3000)

@Suite struct ScheduleTests {
    @Test(arguments: [
        (1.0, 1_000_000_007 as Int64, 1_000_000_000 as Int64),
        (4.0, 1_000_000_007, 250_000_000),
        (0.5, 1_000_000_007, 2_000_000_000),
        (3.0, 1_000_000_008, 333_333_334),
    ])
    func recordedTimesCountFromTheFirstRequestAndAreDivided(
        factor: Double,
        time: Int64,
        due: Int64
    ) {
        let schedule = Schedule(firstRequestTime: 7, speed: .factor(factor))
        #expect(schedule.due(ofRecordedTime: time) == due)
        #expect(schedule.due(ofRecordedTime: 7) == 0)
    }

    @Test func timesBeyondReasonDoNotTrap() {
        let schedule = Schedule(firstRequestTime: .max, speed: .factor(1e-300))
        #expect(schedule.due(ofRecordedTime: .min) == -1 << 60)
        #expect(schedule.due(ofRecordedTime: .max) == 0)
        let slow = Schedule(firstRequestTime: 0, speed: .factor(1e-300))
        #expect(slow.due(ofRecordedTime: .max) == 1 << 60)
    }

    @Test func atMaximumSpeedEverythingIsDueAtOnce() {
        let schedule = Schedule(firstRequestTime: 0, speed: .maximum)
        #expect(schedule.due(ofRecordedTime: 1_000_000) == 0)
    }
}

@Suite struct LaneAssignmentTests {
    @Test func eachConnectionHasItsOwnLaneWhereTimesKeepThemApart() {
        var lanes = LaneAssignment(.onePerConnection)
        #expect([10, 20, 10, 30].map { lanes.lane(of: $0) } == [0, 1, 0, 2])
        #expect(lanes.release(10) == 0)
        #expect(lanes.lane(of: 40) == 3)
    }

    @Test func atFullSpeedLanesAreAsManyAsConnectionsWereOpen() {
        var lanes = LaneAssignment(.asManyAsWereOpen)
        #expect([1, 2, 3].map { lanes.lane(of: $0) } == [0, 1, 2])
        #expect(lanes.release(2) == 1)
        #expect(lanes.release(1) == 0)
        #expect([4, 5, 6].map { lanes.lane(of: $0) } == [0, 1, 3])
    }

    @Test func cappedConnectionsAreDealtOut() {
        var lanes = LaneAssignment(.dealt(to: 2))
        #expect([5, 6, 7, 6].map { lanes.lane(of: $0) } == [0, 1, 0, 1])
    }

    @Test func aConnectionThatNeverAppearedHasNothingToRelease() {
        var lanes = LaneAssignment(.onePerConnection)
        #expect(lanes.release(9) == nil)
    }
}

@Suite struct RequestRewritingTests {
    private func rewritten(
        _ head: String,
        body: RecordedBody = .empty,
        trailers: String = "",
        edits: [FieldEdit] = [],
        seed: UInt64 = 1
    ) -> String {
        let bytes = Array(head.utf8)
        var decoder = RequestDecoder()
        var offset = 0
        guard case .head(let parsed)? = try? decoder.next(in: bytes.span, at: &offset) else {
            Issue.record("the head of the test is not HTTP")
            return ""
        }
        let message = RecordedMessage(
            head: bytes,
            body: body,
            trailers: Array(trailers.utf8),
            firstByteTime: 0,
            lastByteTime: 0,
            isComplete: true
        )
        var rewriting = RequestRewriting(target: target, edits: edits, seed: seed)
        return String(decoding: rewriting.bytes(of: message, head: parsed), as: UTF8.self)
    }

    private func body(_ text: String) -> RecordedBody {
        let bytes = Array(text.utf8)
        return RecordedBody(
            length: UInt64(bytes.count),
            wireLength: UInt64(bytes.count),
            fingerprint: Fingerprint(of: bytes),
            bytes: bytes
        )
    }

    @Test func onlyTheHostChanges() {
        #expect(
            rewritten(
                "GET /run/a%20b?x=%3F HTTP/1.1\r\nhOsT:  shop.example \r\nX-Odd:  a  b \r\n\r\n"
            )
                == "GET /run/a%20b?x=%3F HTTP/1.1\r\nhOsT:  127.0.0.1:3000 \r\nX-Odd:  a  b \r\n\r\n"
        )
    }

    @Test func anAuthorityInTheTargetNamesTheTargetToo() {
        #expect(
            rewritten("GET HTTP://shop.example/a?b HTTP/1.1\r\nHost: shop.example\r\n\r\n")
                == "GET HTTP://127.0.0.1:3000/a?b HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n"
        )
        #expect(
            rewritten("OPTIONS http://shop.example HTTP/1.1\r\n\r\n")
                == "OPTIONS http://127.0.0.1:3000 HTTP/1.1\r\n\r\n"
        )
    }

    @Test func aTraceparentGetsFreshIdentifiersAndKeepsItsFlags() {
        let recorded = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let head = "GET / HTTP/1.1\r\ntraceparent: \(recorded)\r\n\r\n"
        let (first, second) = (rewritten(head, seed: 1), rewritten(head, seed: 2))
        #expect(first != second)
        for text in [first, second] {
            let value = text.split(separator: "\r\n")[1].dropFirst("traceparent: ".count)
            let parts = value.split(separator: "-")
            #expect(parts.map(\.count) == [2, 32, 16, 2])
            #expect(parts[0] == "00" && parts[3] == "01")
            #expect(!text.contains("0af7651916cd43dd8448eb211c80319c"))
        }
    }

    @Test func aTraceparentOfAnotherVersionIsKept() {
        let head = "GET / HTTP/1.1\r\ntraceparent: cc-odd\r\n\r\n"
        #expect(rewritten(head) == head)
    }

    @Test func fieldsAreSetAndRemoved() {
        let head = "GET / HTTP/1.1\r\nCookie: a\r\nAccept: x\r\nAUTHORIZATION: old\r\n\r\n"
        let edits: [FieldEdit] = [
            .set(name: "Authorization", value: "new"), .remove(name: "cookie"),
        ]
        #expect(
            rewritten(head, edits: edits)
                == "GET / HTTP/1.1\r\nAccept: x\r\nAuthorization: new\r\n\r\n"
        )
    }

    @Test func theUserMaySetTheHost() {
        #expect(
            rewritten(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                edits: [.set(name: "host", value: "tenant")]
            )
                == "GET / HTTP/1.1\r\nhost: tenant\r\n\r\n"
        )
    }

    @Test func bareLineFeedsStayAsTheyWere() {
        #expect(
            rewritten("GET / HTTP/1.1\nHost: a\n\n") == "GET / HTTP/1.1\nHost: 127.0.0.1:3000\n\n"
        )
    }

    @Test func aChunkedBodyIsChunkedAgain() {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            rewritten(head, body: body("hello world, hello"), trailers: "X-Sum: 1\r\n")
                == head + "12\r\nhello world, hello\r\n0\r\nX-Sum: 1\r\n\r\n"
        )
        #expect(rewritten(head) == head + "0\r\n\r\n")
    }

    @Test func aBodyThatWasNotRecordedIsFilledToItsLength() {
        let head = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
        var unknown = body("12345")
        unknown.bytes = nil
        #expect(rewritten(head, body: unknown) == head + "     ")
    }
}

@Suite struct PlannerTests {
    private func planner(
        _ speed: ReplaySpeed = .factor(2),
        _ connections: ConnectionPolicy = .recorded
    ) -> Planner {
        Planner(
            configuration: ReplayConfiguration(
                target: target,
                speed: speed,
                connections: connections
            ),
            firstRequestTime: 100
        )
    }

    private func requestPlanned(_ event: PlannedEvent?) -> PlannedRequest? {
        guard case .task(.request(let request))? = event?.kind else { return nil }
        return request
    }

    @Test func aConnectionOpensSendsAndClosesAtItsScaledTimes() throws {
        var planner = planner()
        let opened = planner.plan(
            .opened(ConnectionOpening(connection: 3, client: "c", server: "s", time: 50)),
            index: 0
        )
        #expect(opened == PlannedEvent(due: -25, lane: 0, kind: .task(.open)))
        let sent = planner.plan(
            .exchange(recordedExchange(connection: 3, at: 300, answeredAt: 320)),
            index: 4
        )
        #expect(sent?.due == 100)
        let outcome = try #require(requestPlanned(sent)).outcome
        #expect(outcome.index == 4)
        #expect(outcome.method == "GET")
        #expect(outcome.target == "/run/cart")
        #expect(outcome.recordedStatus == 200)
        let closed = planner.plan(
            .closed(ConnectionClosing(connection: 3, time: 500, by: .client)),
            index: 0
        )
        #expect(closed == PlannedEvent(due: 200, lane: 0, kind: .task(.close)))
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
        var planner = planner(.factor(1), .capped(1))
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
}

@Suite struct TargetTests {
    @Test(arguments: [
        ("http://127.0.0.1:3000", "127.0.0.1", 3000, "127.0.0.1:3000"),
        ("http://shop.example/", "shop.example", 80, "shop.example"),
        ("HTTP://[::1]:8080", "::1", 8080, "[::1]:8080"),
        ("http://[::1]", "::1", 80, "[::1]"),
    ])
    func urlsAreRead(url: String, host: String, port: Int, authority: String) throws {
        let target = try Target(url: url)
        #expect(target == Target(host: host, port: port))
        #expect(target.authority == authority)
    }

    @Test(arguments: [
        "", "127.0.0.1:3000", "https://a", "http://", "http://a:0", "http://a:65536", "http://a:b",
        "http://a/path", "http://::1:80", "http://[::1", "http://[::1]80", "http://u@a",
        "http://:80",
    ])
    func otherTextsAreRefused(url: String) {
        #expect(throws: ReplayError.self) { try Target(url: url) }
    }
}
