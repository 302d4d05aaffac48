import Testing

@testable import Replayer

@Suite struct LaneAssignmentTests {
    private func copy(_ connection: UInt64) -> ConnectionCopy {
        ConnectionCopy(connection: connection, copy: 0)
    }

    @Test func eachConnectionHasItsOwnLaneWhereTimesKeepThemApart() {
        var lanes = LaneAssignment(.onePerConnection)
        #expect([10, 20, 10, 30].map { lanes.lane(of: copy($0)) } == [0, 1, 0, 2])
        #expect(lanes.release(copy(10)) == 0)
        #expect(lanes.lane(of: copy(40)) == 3)
    }

    @Test func atFullSpeedLanesAreAsManyAsConnectionsWereOpen() {
        var lanes = LaneAssignment(.asManyAsWereOpen)
        #expect([1, 2, 3].map { lanes.lane(of: copy($0)) } == [0, 1, 2])
        #expect(lanes.release(copy(2)) == 1)
        #expect(lanes.release(copy(1)) == 0)
        #expect([4, 5, 6].map { lanes.lane(of: copy($0)) } == [0, 1, 3])
    }

    @Test func cappedConnectionsAreDealtOut() {
        var lanes = LaneAssignment(.dealt(to: 2))
        #expect([5, 6, 7, 6].map { lanes.lane(of: copy($0)) } == [0, 1, 0, 1])
    }

    @Test func aConnectionThatNeverAppearedHasNothingToRelease() {
        var lanes = LaneAssignment(.onePerConnection)
        #expect(lanes.release(copy(9)) == nil)
    }
}
