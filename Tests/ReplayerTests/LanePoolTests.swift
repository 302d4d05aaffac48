import Testing
import TraceFormat

@testable import Replayer

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

@Suite struct LanePoolTests {
    private static func task(_ index: UInt64) -> LaneTask {
        .request(plannedRequest(index, due: 0))
    }

    @Test func freeLanesTakeTurns() {
        var pool = LanePool(laneCount: 2, ofLoop: 0, of: 1)
        for index in 0..<3 as Range<UInt64> { pool.add(Self.task(index), start: .now, at: 5) }
        #expect(pool.next()?.lane == 0)
        #expect(pool.next()?.lane == 1)
        #expect(pool.next() == nil)
        pool.becameIdle(1)
        #expect(pool.next()?.lane == 1)
        pool.becameIdle(0)
        pool.becameIdle(1)
        for index in 3..<5 as Range<UInt64> { pool.add(Self.task(index), start: .now, at: 6) }
        #expect(pool.next()?.lane == 0)
        #expect(pool.next()?.lane == 1)
    }

    @Test func aLaneThatHangsKeepsNobodyElse() {
        var pool = LanePool(laneCount: 2, ofLoop: 0, of: 1)
        pool.add(Self.task(0), start: .now, at: 0)
        #expect(pool.next()?.lane == 0)
        for index in 1..<100 as Range<UInt64> {
            pool.add(Self.task(index), start: .now, at: 1)
            #expect(pool.next()?.lane == 1)
            pool.becameIdle(1)
        }
    }

    @Test func itIsToldSinceWhenAllLanesWereTaken() {
        var pool = LanePool(laneCount: 1, ofLoop: 0, of: 1)
        pool.add(Self.task(0), start: .now, at: 3)
        #expect(pool.next()?.waitingSince == nil)
        pool.add(Self.task(1), start: .now, at: 7)
        #expect(pool.next() == nil)
        pool.becameIdle(0)
        #expect(pool.next()?.waitingSince == 7)
    }

    @Test func aLaneIsFreeOnceHoweverOftenThatIsSaid() {
        var pool = LanePool(laneCount: 1, ofLoop: 0, of: 1)
        pool.becameIdle(0)
        for index in 0..<2 as Range<UInt64> { pool.add(Self.task(index), start: .now, at: 0) }
        #expect(pool.next()?.lane == 0)
        #expect(pool.next() == nil)
    }

    @Test func everyEventLoopHasItsLanes() {
        let lanes = (0..<3).map { number in
            var pool = LanePool(laneCount: 7, ofLoop: number, of: 3)
            for index in 0..<7 as Range<UInt64> { pool.add(Self.task(index), start: .now, at: 0) }
            var lanes: [LaneID] = []
            while let next = pool.next() { lanes.append(next.lane) }
            #expect(pool.withdraw().count == 7 - lanes.count)
            return lanes
        }
        #expect(lanes == [[0, 3, 6], [1, 4], [2, 5]])
    }

    @Test func whatWaitedForALaneWasBlockedByTheTarget() {
        var lane = LaneState.connectedLane()
        lane.append(.request(plannedRequest(0, due: 100)))
        _ = lane.nextStep(at: 100)
        // Another request is due at 120 and finds no lane free; this one becomes free first.
        lane.received(ok, at: 450)
        #expect(lane.isIdle)
        lane.append(.request(plannedRequest(1, due: 118)), waitingSince: 120)
        _ = lane.nextStep(at: 455)
        lane.received(ok, at: 460)
        let outcomes = lane.takeOutcomes()
        #expect(outcomes.map(\.blocked) == [0, 330])
        // It was looked at 2 late and sent 5 late.
        #expect(outcomes.map(\.clientLag) == [0, 7])
    }
}
