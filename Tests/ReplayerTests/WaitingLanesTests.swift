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
        #expect(room.next() == 3 && room.next() == 5 && room.next() == nil)
    }

    @Test func lanesAreWokenInTheOrderOfTheirTimes() {
        var lanes = TimedLanes()
        #expect(lanes.nextTime == .max)
        lanes.add(1, until: 300)
        lanes.add(2, until: 100)
        lanes.add(3, until: 100)
        #expect(lanes.nextTime == 100)
        #expect(lanes.next(at: 99) == nil)
        #expect(lanes.next(at: 200) == 2 && lanes.next(at: 200) == 3 && lanes.next(at: 200) == nil)
        #expect(lanes.nextTime == 300)
        #expect(lanes.next(at: .max) == 1 && lanes.nextTime == .max)
    }
}
