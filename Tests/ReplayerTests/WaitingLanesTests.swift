import Testing

@testable import Replayer

@Suite struct WaitingLanesTests {
    @Test func lanesGetRoomInTheOrderInWhichTheyCame() {
        var room = InFlightRoom(limit: 2)
        room.count(1)
        #expect(room.isLeft)
        room.count(1)
        #expect(!room.isLeft)
        for lane in [7, 3, 5] as [LaneID] { room.add(lane) }
        #expect(room.next() == nil)
        room.count(-1)
        #expect(room.next() == 7)
        room.count(1)
        #expect(room.next() == nil)
        room.count(-2)
        let others = [room.next(), room.next(), room.next()]
        #expect(others == [3, 5, nil])
    }

    @Test func lanesAreWokenInTheOrderOfTheirTimes() {
        var lanes = TimedLanes()
        #expect(lanes.nextTime == .max)
        lanes.add(1, until: 300)
        lanes.add(2, until: 100)
        lanes.add(3, until: 100)
        #expect(lanes.nextTime == 100)
        #expect(lanes.next(at: 99) == nil)
        let woken = [lanes.next(at: 200), lanes.next(at: 200), lanes.next(at: 200)]
        #expect(woken == [2, 3, nil])
        #expect(lanes.nextTime == 300)
        #expect(lanes.next(at: .max) == 1)
        #expect(lanes.nextTime == .max)
    }
}
