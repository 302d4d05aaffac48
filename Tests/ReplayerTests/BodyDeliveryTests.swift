import HTTPWire
import TestSupport
import Testing
import TraceFormat

@testable import Replayer

private let millisecond: Int64 = 1_000_000
private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
private let head = "POST /up HTTP/1.1\r\nContent-Length: 10\r\n\r\n"
private let body = "0123456789"

/// Bodies that do not leave with their heads: asked for first, or sent slowly.
@Suite struct BodyDeliveryTests {
    private func request(
        awaitsContinue: Bool = false,
        duration: Int64 = 0,
        isPipelined: Bool = false
    ) -> PlannedRequest {
        PlannedRequest(
            outcome: plannedRequest(0, due: 0).outcome,
            bytes: Array((head + body).utf8),
            delivery: BodyDelivery(
                offset: head.utf8.count,
                awaitsContinue: awaitsContinue,
                duration: duration
            ),
            answeredMethod: .other,
            isPipelined: isPipelined,
            endsConnection: false
        )
    }

    /// A lane that has just sent the head of a request.
    private func lane(after request: PlannedRequest) -> LaneState {
        var lane = LaneState.connectedLane()
        lane.requestDue(request)
        #expect(lane.nextStep(at: 0) == .write(Array(head.utf8)))
        return lane
    }

    @Test func theBodyLeavesWhenTheTargetWantsIt() {
        var lane = lane(after: request(awaitsContinue: true))
        #expect(lane.nextStep(at: 5) == .waitUntil(Upload.patience))
        lane.received("HTTP/1.1 100 Continue\r\n\r\n", at: 50)
        #expect(lane.nextStep(at: 51) == .writeMore(Array(body.utf8)))
        #expect(lane.nextStep(at: 52) == .wait)
        lane.received(ok, at: 90)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.result == .completed)
        #expect(outcome.status == 200)
        #expect(outcome.requestByteCount == UInt64(head.utf8.count + body.utf8.count))
        #expect(outcome.serviceTime == 90)
        let next = plannedRequest(1, due: 91)
        lane.requestDue(next)
        #expect(lane.nextStep(at: 91) == .write(next.bytes))
    }

    @Test func aTargetThatSaysNothingGetsTheBodyAllTheSame() {
        var lane = lane(after: request(awaitsContinue: true))
        #expect(lane.nextStep(at: Upload.patience - 1) == .waitUntil(Upload.patience))
        #expect(lane.nextStep(at: Upload.patience) == .writeMore(Array(body.utf8)))
    }

    @Test func aTargetThatRefusesTheBodyDoesNotGetIt() {
        var lane = lane(after: request(awaitsContinue: true))
        lane.received("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n", at: 7)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.status == 417)
        #expect(outcome.requestByteCount == UInt64(head.utf8.count))
        // What comes next on this connection would be taken for the body.
        #expect(lane.nextStep(at: 8) == .close)
    }

    @Test func nothingOvertakesABodyThatHasNotLeft() {
        var lane = lane(after: request(awaitsContinue: true))
        lane.requestDue(plannedRequest(1, due: 0, isPipelined: true))
        #expect(lane.nextStep(at: 1) == .waitUntil(Upload.patience))
    }

    @Test func aSlowBodyLeavesEvenlyOverItsTime() {
        var lane = lane(after: request(duration: 100 * millisecond))
        var sent: [UInt8] = []
        var times: [Int64] = []
        var time: Int64 = 0
        while sent.count < body.utf8.count {
            switch lane.nextStep(at: time) {
            case .writeMore(let bytes):
                sent += bytes
                times.append(time / millisecond)
            case .waitUntil(let next): time = next
            default: Issue.record("the body stopped on its way")
            }
        }
        #expect(sent == Array(body.utf8))
        #expect(times == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
        #expect(lane.nextStep(at: time) == .wait)
    }

    @Test func aLateWakeUpSendsWhatShouldHaveLeft() {
        var lane = lane(after: request(duration: 100 * millisecond))
        #expect(lane.nextStep(at: 55 * millisecond) == .writeMore(Array("01234".utf8)))
        #expect(lane.nextStep(at: 55 * millisecond) == .waitUntil(60 * millisecond))
        #expect(lane.nextStep(at: 500 * millisecond) == .writeMore(Array("56789".utf8)))
    }

    @Test func aConnectionThatEndsTakesTheRestOfTheBodyWithIt() {
        var lane = lane(after: request(duration: 100 * millisecond))
        lane.disconnected(byReset: true, at: 20)
        #expect(lane.takeOutcomes().map(\.result) == [.failed(.resetWithoutResponse)])
        let next = plannedRequest(1, due: 30)
        lane.requestDue(next)
        #expect(lane.nextStep(at: 30) == .connect)
        lane.connected(as: 1, at: 31)
        #expect(lane.nextStep(at: 31) == .write(next.bytes))
    }
}

/// What the plan makes of recorded uploads.
@Suite struct DeliveryPlanTests {
    private func delivery(
        _ field: String,
        duration: Int64,
        pacesBodies: Bool = false,
        edits: [FieldEdit] = [],
        body: String = body
    ) -> BodyDelivery? {
        let bytes = Array(body.utf8)
        var exchange = recordedExchange(
            head: "POST / HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: \(bytes.count)\r\n\r\n",
            body: RecordedBody(
                length: UInt64(bytes.count),
                wireLength: UInt64(bytes.count),
                fingerprint: Fingerprint(of: bytes),
                bytes: bytes
            ),
            at: 0,
            answeredAt: duration + 1
        )
        exchange.request.lastByteTime = duration
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: 1),
            pace: .arrival(speed: 2),
            fieldEdits: edits
        )
        configuration.pacesBodies = pacesBodies
        var planner = Planner(configuration: configuration)
        var planned: [PlannedRequest] = []
        planner.plan(
            PlayedRecord(
                time: 0,
                connection: ConnectionCopy(connection: 0, copy: 0),
                record: .exchange(exchange),
                index: 0
            )
        ) { event in
            if case .task(.request(let request), _) = event.kind { planned.append(request) }
        }
        return planned.first?.delivery
    }

    @Test func bodiesLeaveWithTheirHeadsUnlessAskedFor() {
        #expect(delivery("", duration: 400 * millisecond) == nil)
    }

    @Test func recordedPacingIsScaled() {
        let delivery = delivery("", duration: 400 * millisecond, pacesBodies: true)
        #expect(delivery?.duration == 200 * millisecond)
        #expect(delivery?.awaitsContinue == false)
    }

    @Test func aBodyThatCameAtOnceLeavesAtOnce() {
        #expect(delivery("", duration: millisecond, pacesBodies: true) == nil)
    }

    @Test(arguments: ["Expect: 100-continue\r\n", "expect:100-Continue\r\n"])
    func expectationsAreHonoured(field: String) {
        #expect(delivery(field, duration: 0)?.awaitsContinue == true)
        #expect(delivery(field, duration: 0, body: "") == nil)
        #expect(delivery(field, duration: 0, edits: [.remove(name: "expect")]) == nil)
    }
}

/// Uploads to a real server.
@Suite struct UploadReplayTests {
    @Test func theTargetIsAskedBeforeTheBodyIsSent() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("GET /c0/0 ")
                ? .askedFor(first: "HTTP/1.1 100 Continue\r\n\r\n", then: ok)
                : .bytes("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")
        }
        let trace = try makeTrace(in: folder, connections: 1, each: 2, bodyByteCount: 5)
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: origin.port),
            fieldEdits: [.set(name: "Expect", value: "100-continue")]
        )
        configuration.limits.timeout = 20_000_000_000
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 2)
        #expect(outcomes.map(\.status) == [200, 417])
        #expect(outcomes[0].requestByteCount == outcomes[1].requestByteCount + 5)
        try await origin.stop()
    }
}
