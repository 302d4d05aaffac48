import HTTPWire
import Testing
import TraceFormat

@testable import Replayer

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

@Suite struct LaneStateTests {
    @Test func aStallShowsInTheRequestItDelayed() {
        var lane = LaneState.connectedLane()
        let (first, second) = (plannedRequest(0, due: 100), plannedRequest(1, due: 120))
        lane.requestDue(first)
        #expect(lane.nextStep(at: 100) == .write(first.bytes))
        lane.requestDue(second)
        #expect(lane.nextStep(at: 120) == .wait)
        lane.received(ok, at: 450)
        #expect(lane.nextStep(at: 455) == .write(second.bytes))
        lane.received(ok, at: 460)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.responseTime) == [350, 340])
        #expect(outcomes.map(\.serviceTime) == [350, 5])
        #expect(outcomes.map(\.blocked) == [0, 330])
        #expect(outcomes.map(\.clientLag) == [0, 5])
    }

    @Test func aLateReleaseIsOurOwnLag() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 100))
        _ = lane.nextStep(at: 170)
        lane.received(ok, at: 180)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.blocked == 0)
        #expect(outcome.clientLag == 70)
    }

    @Test func aRequestOpensTheConnectionItNeedsAndIsBlockedByIt() {
        var lane = LaneState(isClosedLoop: false)
        let request = plannedRequest(0, due: 100)
        lane.requestDue(request)
        #expect(lane.nextStep(at: 101) == .connect)
        #expect(lane.nextStep(at: 110) == .wait)
        lane.connected(as: 7, at: 140)
        #expect(lane.nextStep(at: 142) == .write(request.bytes))
        lane.received(ok, at: 150)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.liveConnection == 7)
        #expect(outcome.connectDuration == 39)
        // We began to connect 1 late and sent 2 late; the target took the time between.
        #expect(outcome.blocked == 39)
        #expect(outcome.clientLag == 3)
        #expect(outcome.result == .completed)
    }

    @Test func theHandshakeIsAPartOfTheTimeToConnect() {
        var lane = LaneState(isClosedLoop: false)
        lane.requestDue(plannedRequest(0, due: 0))
        lane.requestDue(plannedRequest(1, due: 0))
        #expect(lane.nextStep(at: 0) == .connect)
        lane.connected(as: 0, encryptedSince: 30, at: 100)
        _ = lane.nextStep(at: 100)
        lane.received(ok, at: 120)
        _ = lane.nextStep(at: 120)
        lane.received(ok, at: 130)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.connectDuration) == [100, nil])
        #expect(outcomes.map(\.handshakeDuration) == [70, nil])
    }

    @Test func fieldsAndBodiesAreKeptAsWanted() {
        let answer =
            "HTTP/1.1 429 Slow\r\nRETRY-after:  3 \r\nServer: x\r\nx-mik-handler: cart\r\n"
            + "X-Colour: blue\r\nContent-Type: text/plain\r\ncontent-length: 3\r\n\r\nabc"
        func outcome(_ keeping: ResponseKeeping) -> Outcome {
            var lane = LaneState(isClosedLoop: false, keeping: keeping)
            lane.append(.open)
            _ = lane.nextStep(at: 0)
            lane.connected(as: 0, at: 0)
            lane.requestDue(plannedRequest(0, due: 0))
            _ = lane.nextStep(at: 0)
            lane.received(answer, at: 1)
            return lane.takeOutcomes()[0]
        }
        let usual = outcome(ResponseKeeping())
        #expect(
            String(decoding: usual.keptFields, as: UTF8.self)
                == "RETRY-after:  3 \r\nx-mik-handler: cart\r\n"
        )
        #expect(usual.keptField("retry-after") == "3")
        #expect(usual.keptField("server") == nil)
        #expect(usual.keptBody == nil)
        let more = outcome(ResponseKeeping(fields: ["x-colour"], keepsBodies: true))
        #expect(more.keptField("x-colour") == "blue")
        #expect(more.keptField("content-type") == "text/plain")
        #expect(more.keptBody == Array("abc".utf8))
    }

    @Test func aBodyOverTheLimitIsNotKept() {
        var lane = LaneState(isClosedLoop: false, keeping: ResponseKeeping(keepsBodies: true))
        lane.append(.open)
        _ = lane.nextStep(at: 0)
        lane.connected(as: 0, at: 0)
        for count in [Outcome.keptBodyLimit, Outcome.keptBodyLimit + 1] {
            lane.requestDue(plannedRequest(0, due: 0))
            _ = lane.nextStep(at: 0)
            lane.received("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n", at: 1)
            lane.received(String(repeating: "x", count: count), at: 2)
        }
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.keptBody?.count) == [Outcome.keptBodyLimit, nil])
        #expect(outcomes[1].responseBodyByteCount == UInt64(Outcome.keptBodyLimit + 1))
    }

    @Test func pipelinedRequestsDoNotWaitForEachOther() {
        var lane = LaneState.connectedLane()
        let (first, second) = (
            plannedRequest(0, due: 10), plannedRequest(1, due: 11, isPipelined: true)
        )
        lane.requestDue(first)
        lane.requestDue(second)
        #expect(lane.nextStep(at: 12) == .write(first.bytes))
        #expect(lane.nextStep(at: 12) == .write(second.bytes))
        lane.received(ok + ok, at: 30)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.index) == [0, 1])
        #expect(outcomes.map(\.result) == [.completed, .completed])
        #expect(outcomes.map(\.firstByte) == [30, 30])
    }

    @Test func aResponseInPiecesHasItsFirstByteAndItsEnd() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.received("HTTP/1.1 200 OK\r\nContent-", at: 20)
        lane.received("Length: 2\r\nx-mik-duration-ms: 3\r\nX-Request-Id: abc\r\n\r\nh", at: 25)
        #expect(lane.takeOutcomes().isEmpty)
        lane.received("i", at: 40)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.firstByte == 20)
        #expect(outcome.end == 40)
        #expect(outcome.status == 200)
        #expect(outcome.responseBodyByteCount == 2)
        #expect(outcome.fingerprint == Fingerprint(of: Array("hi".utf8)))
        #expect(outcome.serverMilliseconds == 3)
        #expect(outcome.requestID == "abc")
    }

    @Test func headHasNoBodyWhateverItsLengthSays() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0, method: .head))
        _ = lane.nextStep(at: 1)
        lane.received("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", at: 9)
        #expect(lane.takeOutcomes().map(\.result) == [.completed])
    }

    @Test(arguments: [
        (false, "", Outcome.Result.failed(.closedWithoutResponse)),
        (true, "", .failed(.resetWithoutResponse)),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", .failed(.responseTruncated)),
        (false, "HTTP/1.1 20", .failed(.responseTruncated)),
        (true, "HTTP/1.1 200 OK\r\n\r\nhi", .failed(.responseTruncated)),
        (false, "HTTP/1.1 200 OK\r\n\r\nhi", .completed),
    ])
    func aConnectionThatEndsInARequestIsAnOutcomeOfItsOwn(
        isReset: Bool,
        bytes: String,
        result: Outcome.Result
    ) {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.received(bytes, at: 5)
        lane.disconnected(byReset: isReset, at: 9)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.result) == [result])
        #expect(outcomes[0].end == 9)
        #expect(lane.isQuiet)
    }

    @Test func aFailedRequestIsNeverSentAgain() {
        var lane = LaneState.connectedLane()
        let second = plannedRequest(1, due: 5)
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.requestDue(second)
        lane.disconnected(byReset: false, at: 9)
        #expect(lane.nextStep(at: 9) == .connect)
        lane.connected(as: 1, at: 12)
        #expect(lane.nextStep(at: 12) == .write(second.bytes))
    }

    @Test func aResponseThatIsNotHTTPFailsAndCostsTheConnection() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.received("SSH-2.0-OpenSSH_9.2\r\n\r\n", at: 4)
        #expect(lane.takeOutcomes().map(\.result) == [.failed(.malformedResponse)])
        #expect(lane.nextStep(at: 4) == .close)
    }

    @Test func bytesThatAnswerNothingCostTheConnection() {
        var lane = LaneState.connectedLane()
        lane.received(ok, at: 4)
        #expect(lane.nextStep(at: 4) == .close)
        #expect(lane.takeOutcomes().isEmpty)
    }

    @Test func connectionCloseIsHonouredBeforeTheNextRequest() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.requestDue(plannedRequest(1, due: 2))
        lane.received("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", at: 4)
        #expect(lane.nextStep(at: 4) == .close)
        #expect(lane.nextStep(at: 4) == .connect)
    }

    @Test func aRequestThatTakesTooLongIsCensoredAtItsAge() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        #expect(lane.busySince == 1)
        lane.timedOut(at: 1000)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.result == .censored(.timeout))
        #expect(outcome.responseTime == 1000)
        #expect(lane.isQuiet)
    }

    @Test func aRefusedConnectionFailsTheRequestThatWantedIt() {
        var lane = LaneState(isClosedLoop: false)
        lane.requestDue(plannedRequest(0, due: 10))
        lane.requestDue(plannedRequest(1, due: 11))
        _ = lane.nextStep(at: 12)
        lane.connectFailed(.connectionRefused, at: 15)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.result == .failed(.connectionRefused))
        #expect(outcome.sent == 12)
        #expect(outcome.end == 15)
        #expect(lane.nextStep(at: 15) == .connect)
    }

    @Test func aRefusedOpeningBeforeAnyRequestFailsNone() {
        var lane = LaneState(isClosedLoop: false)
        lane.append(.open)
        #expect(lane.nextStep(at: 1) == .connect)
        lane.connectFailed(.connectionRefused, at: 2)
        #expect(lane.takeOutcomes().isEmpty)
        #expect(lane.isQuiet)
    }

    @Test func theConnectionIsClosedWhenTheRecordedOneWasAndItsAnswersAreThere() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.append(.close)
        #expect(lane.nextStep(at: 2) == .wait)
        lane.received(ok, at: 5)
        #expect(lane.nextStep(at: 5) == .close)
        #expect(lane.isQuiet)
    }

    @Test func stoppingCensorsWhatIsInFlightAndLeavesTheRestUnsent() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        lane.requestDue(plannedRequest(1, due: 0))
        _ = lane.nextStep(at: 1)
        lane.interrupted(at: 3)
        #expect(
            lane.takeOutcomes().map(\.result) == [
                .censored(.interrupted), .unsent(.interrupted),
            ]
        )
    }

    @Test func inAClosedLoopARequestIsDueWhenItCanLeave() {
        var lane = LaneState.connectedLane(isClosedLoop: true)
        lane.requestDue(plannedRequest(0, due: 0))
        lane.requestDue(plannedRequest(1, due: 0))
        _ = lane.nextStep(at: 5)
        lane.received(ok, at: 20)
        _ = lane.nextStep(at: 21)
        lane.received(ok, at: 30)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.due) == [5, 21])
        #expect(outcomes.map(\.lag) == [0, 0])
        #expect(outcomes.map(\.responseTime) == [15, 9])
    }

    @Test func aConnectionThatWeOpenLateIsOurOwnLag() {
        var lane = LaneState(isClosedLoop: false)
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 600)
        lane.connected(as: 0, at: 601)
        _ = lane.nextStep(at: 602)
        lane.received(ok, at: 610)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.blocked == 1)
        #expect(outcome.clientLag == 601)
    }

    @Test func whoWaitsBehindSeveralAnswersIsBlockedByAllOfThem() {
        var lane = LaneState.connectedLane()
        for index in 0..<3 as Range<UInt64> {
            lane.requestDue(plannedRequest(index, due: 100 + Int64(index)))
        }
        var time: Int64 = 100
        for _ in 0..<3 {
            _ = lane.nextStep(at: time)
            time += 50
            lane.received(ok, at: time)
            time += 1
        }
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.blocked) == [0, 49, 99])
        #expect(outcomes.map(\.clientLag) == [0, 1, 1])
    }

    @Test func aRefusedConnectionBehindASlowAnswerIsTheTargetsDoing() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 0)
        lane.requestDue(plannedRequest(1, due: 10))
        lane.requestDue(plannedRequest(2, due: 20))
        lane.received("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", at: 1500)
        #expect(lane.nextStep(at: 1500) == .close)
        #expect(lane.nextStep(at: 1500) == .connect)
        lane.connectFailed(.connectionRefused, at: 1501)
        #expect(lane.nextStep(at: 1501) == .connect)
        lane.connectFailed(.connectionRefused, at: 1502)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.blocked) == [0, 1490, 1481])
        #expect(outcomes.map(\.clientLag) == [0, 0, 0])
    }

    @Test func aRequestThatEndsItsConnectionIsTheLastOnIt() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0, endsConnection: true))
        lane.requestDue(plannedRequest(1, due: 0, isPipelined: true))
        _ = lane.nextStep(at: 1)
        #expect(lane.nextStep(at: 1) == .wait)
        lane.received(ok, at: 4)
        #expect(lane.nextStep(at: 4) == .close)
        #expect(lane.nextStep(at: 4) == .connect)
    }

    @Test func nothingIsSentIntoATunnel() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0, method: .connect))
        lane.requestDue(plannedRequest(1, due: 0))
        _ = lane.nextStep(at: 1)
        lane.received("HTTP/1.1 200 Connection established\r\n\r\n", at: 4)
        #expect(lane.nextStep(at: 4) == .close)
    }

    @Test func aConnectionThatThisClientCannotOpenIsNotTheTargetsFailure() {
        var lane = LaneState(isClosedLoop: false)
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.connectImpossible(at: 2)
        #expect(lane.takeOutcomes().map(\.result) == [.unsent(.clientExhausted)])
    }

    @Test func oneConnectionFollowsAnotherOnALane() {
        var lane = LaneState(isClosedLoop: true)
        let (first, second) = (plannedRequest(0, due: 0), plannedRequest(1, due: 0))
        for task in [.open, .request(first), .close, .open, .request(second), .close] as [LaneTask]
        {
            lane.append(task)
        }
        for (number, request) in [first, second].enumerated() {
            #expect(lane.nextStep(at: 1) == .connect)
            lane.connected(as: UInt64(number), at: 1)
            #expect(lane.nextStep(at: 1) == .write(request.bytes))
            #expect(lane.nextStep(at: 1) == .wait)
            lane.received(ok, at: 2)
            #expect(lane.nextStep(at: 2) == .close)
        }
        #expect(lane.nextStep(at: 2) == .wait)
        #expect(lane.isQuiet)
        #expect(lane.takeOutcomes().map(\.liveConnection) == [0, 1])
    }

    // MARK: Waiting on the lane

    @Test func aRequestFollowsTheResponseBeforeItAfterTheTimeToThink() {
        var lane = LaneState.connectedLane()
        let (first, second) = (plannedRequest(0, due: 0), plannedRequest(1, due: 0))
        lane.append(.request(first), start: .at(100))
        lane.append(.request(second), start: .afterPrevious(40))
        #expect(lane.nextStep(at: 10) == .waitUntil(100))
        #expect(lane.nextStep(at: 105) == .write(first.bytes))
        #expect(lane.nextStep(at: 105) == .wait)
        lane.received(ok, at: 200)
        #expect(lane.nextStep(at: 200) == .waitUntil(240))
        #expect(lane.nextStep(at: 243) == .write(second.bytes))
        lane.received(ok, at: 250)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.due) == [100, 240])
        #expect(outcomes.map(\.clientLag) == [5, 3])
    }

    @Test func aReconnectionDoesNotMoveTheTimeAtWhichARequestIsDue() {
        var lane = LaneState.connectedLane()
        lane.append(.request(plannedRequest(0, due: 0)), start: .at(0))
        lane.append(.request(plannedRequest(1, due: 0)), start: .afterPrevious(40))
        _ = lane.nextStep(at: 0)
        lane.disconnected(byReset: false, at: 100)
        #expect(lane.nextStep(at: 100) == .waitUntil(140))
        #expect(lane.nextStep(at: 140) == .connect)
        lane.connected(as: 1, at: 165)
        _ = lane.nextStep(at: 165)
        lane.received(ok, at: 170)
        let outcome = lane.takeOutcomes()[1]
        #expect(outcome.due == 140)
        #expect(outcome.blocked == 25)
    }

    @Test func whatOvertookInTheRecordingDoesNotWaitToThink() {
        var lane = LaneState.connectedLane()
        let second = plannedRequest(1, due: 0, isPipelined: true)
        lane.append(.request(plannedRequest(0, due: 0)), start: .at(0))
        lane.append(.request(second), start: .afterPrevious(0))
        _ = lane.nextStep(at: 5)
        #expect(lane.nextStep(at: 6) == .write(second.bytes))
        lane.received(ok + ok, at: 9)
        #expect(lane.takeOutcomes().map(\.due) == [0, 6])
    }

    // MARK: Limits

    @Test func aRequestThatIsTooLateIsNotSentAndSaysSo() {
        var lane = LaneState(isClosedLoop: false, latenessLimit: 50)
        lane.append(.open)
        _ = lane.nextStep(at: 0)
        lane.connected(as: 0, at: 0)
        let third = plannedRequest(2, due: 60)
        lane.requestDue(plannedRequest(0, due: 0))
        lane.requestDue(plannedRequest(1, due: 10))
        lane.requestDue(third)
        _ = lane.nextStep(at: 0)
        lane.received(ok, at: 100)
        #expect(lane.nextStep(at: 100) == .write(third.bytes))
        lane.received(ok, at: 110)
        #expect(lane.takeOutcomes().map(\.result) == [.completed, .unsent(.tooLate), .completed])
    }

    @Test func waitingForRoomIsWaitingForTheTarget() {
        var lane = LaneState.connectedLane()
        let request = plannedRequest(0, due: 10)
        lane.requestDue(request)
        #expect(lane.nextStep(at: 11, hasRoom: false) == .waitForRoom)
        #expect(lane.nextStep(at: 20, hasRoom: false) == .waitForRoom)
        #expect(lane.nextStep(at: 70, hasRoom: true) == .write(request.bytes))
        lane.received(ok, at: 80)
        let outcome = lane.takeOutcomes()[0]
        #expect(outcome.blocked == 59)
        #expect(outcome.clientLag == 1)
    }

    @Test func whatWaitsCanBeWithdrawnWhileTheRestGoesOn() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(0, due: 0))
        _ = lane.nextStep(at: 1)
        lane.requestDue(plannedRequest(1, due: 2))
        #expect(lane.withdraw().map(\.index) == [1])
        lane.received(ok, at: 5)
        #expect(lane.takeOutcomes().map(\.result) == [.completed])
        #expect(lane.nextStep(at: 5) == .wait)
    }
}

// MARK: - Causes

extension LaneStateTests {
    @Test func aRequestWaitsForItsCausesAndTheTargetIsChargedForIt() throws {
        var lane = LaneState.connectedLane()
        let request = plannedRequest(1, due: 100, waitingFor: 0)
        lane.requestDue(request)
        #expect(lane.nextStep(at: 105) == .ask(request))
        #expect(lane.nextStep(at: 110) == .wait)
        let settled = request.settled(by: [.answered(nil)], .order).request
        lane.settle(settled, at: 400)
        #expect(lane.nextStep(at: 410) == .write(request.bytes))
        lane.received("HTTP/1.1 204 No Content\r\n\r\n", at: 500)
        let outcome = lane.takeEnded()?.outcome
        #expect(outcome?.sent == 410 && outcome?.blocked == 295)
    }

    @Test func causesThatHadEndedCostNothing() {
        var lane = LaneState.connectedLane()
        let request = plannedRequest(1, due: 100, waitingFor: 0)
        lane.requestDue(request)
        #expect(lane.nextStep(at: 105) == .ask(request))
        lane.settle(request.settled(by: [.answered(nil)], .order).request, at: nil)
        #expect(lane.nextStep(at: 106) == .write(request.bytes))
        lane.received("HTTP/1.1 204 No Content\r\n\r\n", at: 500)
        let outcome = lane.takeEnded()?.outcome
        #expect(outcome?.blocked == 0)
    }

    @Test func whatIsWithdrawnWaitsForNothingAnyMore() {
        var lane = LaneState.connectedLane()
        lane.requestDue(plannedRequest(1, due: 100, waitingFor: 0))
        _ = lane.nextStep(at: 105)
        #expect(lane.withdraw().map(\.index) == [1])
        #expect(lane.askingRequest == nil)
    }
}
