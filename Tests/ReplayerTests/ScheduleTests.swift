import Testing

@testable import Replayer

@Suite struct ScheduleTests {
    @Test(arguments: [
        (1.0, 1_000_000_000 as Int64, 1_000_000_000 as Int64),
        (4.0, 1_000_000_000, 250_000_000),
        (0.5, 1_000_000_000, 2_000_000_000),
        (3.0, 1_000_000_001, 333_333_334),
    ])
    func recordedTimesAreDivided(factor: Double, time: Int64, due: Int64) {
        var schedule = Schedule(pace: .arrival(speed: factor))
        #expect(schedule.dueOfRequest(at: 0) == 0)
        #expect(schedule.dueOfRequest(at: time) == due)
    }

    @Test func timesBeyondReasonDoNotTrap() {
        var schedule = Schedule(pace: .arrival(speed: 1e-300))
        #expect(schedule.dueOfRequest(at: .min) == -1 << 60)
        #expect(schedule.dueOfRequest(at: .max) == 1 << 60)
        var original = Schedule(pace: .arrival(speed: 1))
        #expect(original.dueOfRequest(at: .max) == 1 << 60)
    }

    @Test func atMaximumSpeedEverythingIsDueAtOnce() {
        var schedule = Schedule(pace: .maximum)
        #expect(schedule.dueOfRequest(at: 1_000_000) == 0)
    }

    @Test func aLongPauseIsShortenedForAllThatFollows() {
        var schedule = Schedule(pace: .arrival(speed: 2), maxGap: 100)
        let dues = [0, 100, 300, 350, 1000].map { schedule.dueOfRequest(at: $0) }
        #expect(dues == [0, 50, 100, 125, 175])
        #expect(schedule.shortenedGapCount == 2)
        #expect(schedule.shortenedBy == 100 + 550)
    }

    @Test func aRateCapPutsOffAndKeepsTheOrder() {
        var schedule = Schedule(pace: .arrival(speed: 1), maxRate: 1e9 / 100)
        let dues = [0, 10, 20, 500, 501].map { schedule.dueOfRequest(at: $0) }
        #expect(dues == [0, 100, 200, 500, 600])
        #expect(schedule.putOffCount == 3)
    }

    @Test func atARateTimesAreMadeAndConnectionsGoWithTheirRequests() {
        var schedule = Schedule(pace: .rate(ArrivalRate(perSecond: 1000), .uniform))
        #expect(schedule.dueOfConnection(at: -77) == 0)
        #expect([5, 6, 7].map { schedule.dueOfRequest(at: $0) } == [0, 1_000_000, 2_000_000])
        #expect(schedule.dueOfConnection(at: 900) == 2_000_000)
    }

    @Test func thinkTimesAreScaledAndCapped() {
        let schedule = Schedule(pace: .think(speed: 2), maxGap: 60)
        #expect(schedule.scaledGap(50) == 25)
        #expect(schedule.scaledGap(500) == 30)
        #expect(schedule.scaledGap(-5) == 0)
    }
}

@Suite struct ArrivalTests {
    @Test func aRampHasItsRequestsWhereItsRateSays() {
        let ramp = ArrivalRate(from: 0, to: 100, over: 2_000_000_000)
        // t² × 25 requests are due up to t seconds, and 100 a second from the end of the ramp on.
        let times = [0, 25, 100, 200].map { ramp.time(ofExpectedCount: $0) / 1e9 }
        #expect(times == [0, 1, 2, 3])
        let falling = ArrivalRate(from: 100, to: 50, over: 1_000_000_000)
        #expect(falling.time(ofExpectedCount: 75) == 1e9)
        #expect(falling.time(ofExpectedCount: 125) == 2e9)
    }

    @Test func randomArrivalsAreSeededAndKeepTheirRate() {
        func times(_ seed: UInt64) -> [Double] {
            var process = ArrivalProcess(
                rate: ArrivalRate(perSecond: 1000),
                spacing: .exponential,
                seed: seed
            )
            return (0..<20_000).map { _ in process.next() }
        }
        let (first, again, other) = (times(1), times(1), times(2))
        #expect(first == again)
        #expect(first != other)
        #expect(first == first.sorted())
        // 20,000 exponential times of 1 ms: the sum has a standard deviation of 0.7 %.
        #expect(abs(first[19_999] / 20e9 - 1) < 0.03)
        let gaps = zip(first.dropFirst(), first).map { $0 - $1 }
        let longGaps = gaps.count { $0 > 1e6 }
        #expect(abs(Double(longGaps) / Double(gaps.count) - 0.3679) < 0.02)
    }
}

@Suite struct PacerTests {
    @Test func withoutSpinningItSleepsToTheTime() {
        let pacer = Pacer(spins: false)
        #expect(pacer.wait(for: 1_000_000, at: 0) == .sleep(until: 1_000_000))
        #expect(pacer.wait(for: 1_000_000, at: 999_999) == .sleep(until: 1_000_000))
        #expect(pacer.wait(for: 1_000_000, at: 1_000_000) == .not)
    }

    @Test func itSleepsUntilItsWindowAndSpinsInIt() {
        let pacer = Pacer(spins: true)
        #expect(pacer.wait(for: 1_000_000, at: 0) == .sleep(until: 900_000))
        #expect(pacer.wait(for: 1_000_000, at: 900_000) == .spin)
        #expect(pacer.wait(for: 1_000_000, at: 1_000_001) == .not)
    }

    @Test func theWindowFollowsTheLatenessOfWakeUps() {
        var pacer = Pacer(spins: true)
        pacer.woke(at: 400_000, asked: 0)
        #expect(pacer.window == 500_000)
        for _ in 0..<1000 { pacer.woke(at: 20_000, asked: 0) }
        #expect(pacer.window == Pacer.leastWindow)
        pacer.woke(at: 1_000_000_000, asked: 0)
        #expect(pacer.window == Pacer.greatestWindow)
    }
}
