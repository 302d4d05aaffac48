import Testing

@testable import StandIn

@Suite struct CircuitBreakerTests {
    private var breakers = CircuitBreakers()

    private mutating func fail(_ name: String, times: Int, at now: Duration) {
        for _ in 0..<times { breakers.recordFailure(name, at: now) }
    }

    @Test mutating func fourFailuresKeepItClosedAndTheFifthOpensIt() {
        fail("cart", times: 4, at: .seconds(1))
        #expect(breakers.admits("cart", at: .seconds(1)) == true)
        fail("cart", times: 1, at: .seconds(2))
        #expect(breakers.admits("cart", at: .seconds(2)) == false)
        #expect(breakers.admits("search", at: .seconds(2)) == true)
    }

    @Test mutating func aSuccessInBetweenStartsTheCountAgain() {
        fail("cart", times: 4, at: .seconds(1))
        breakers.recordSuccess("cart", at: .seconds(1))
        fail("cart", times: 4, at: .seconds(1))
        #expect(breakers.admits("cart", at: .seconds(1)) == true)
    }

    @Test mutating func afterAMinuteExactlyOneProbeIsLetThrough() {
        fail("cart", times: 5, at: .seconds(10))
        #expect(breakers.admits("cart", at: .seconds(69)) == false)
        #expect(breakers.admits("cart", at: .seconds(70)) == true)
        #expect(breakers.admits("cart", at: .seconds(70)) == false)
        #expect(breakers.states.map(\.state) == [.halfOpen])
    }

    @Test mutating func theProbesSuccessClosesIt() {
        fail("cart", times: 5, at: .zero)
        #expect(breakers.admits("cart", at: .seconds(60)) == true)
        breakers.recordSuccess("cart", at: .seconds(61))
        #expect(breakers.admits("cart", at: .seconds(61)) == true)
        #expect(breakers.admits("cart", at: .seconds(61)) == true)
        #expect(breakers.states.map(\.state) == [.closed])
    }

    @Test mutating func theProbesFailureOpensItForAnotherMinute() {
        fail("cart", times: 5, at: .zero)
        #expect(breakers.admits("cart", at: .seconds(60)) == true)
        breakers.recordFailure("cart", at: .seconds(61))
        #expect(breakers.admits("cart", at: .seconds(120)) == false)
        #expect(breakers.admits("cart", at: .seconds(121)) == true)
    }

    @Test mutating func aProbeWithoutResultHoldsItsSlotForAMinute() {
        fail("cart", times: 5, at: .zero)
        #expect(breakers.admits("cart", at: .seconds(60)) == true)
        #expect(breakers.admits("cart", at: .seconds(119)) == false)
        #expect(breakers.admits("cart", at: .seconds(120)) == true)
    }

    @Test mutating func anIdleNameIsForgottenAfterTenMinutes() {
        fail("cart", times: 4, at: .zero)
        #expect(breakers.admits("cart", at: .seconds(601)) == true)
        #expect(breakers.states.isEmpty)
        fail("cart", times: 1, at: .seconds(601))
        #expect(breakers.admits("cart", at: .seconds(601)) == true)
    }

    @Test mutating func theThousandAndFirstNamePushesOutTheOldest() {
        for number in 0...1000 {
            breakers.recordFailure("module\(number)", at: .milliseconds(number))
        }
        let names = breakers.states.map(\.name)
        #expect(names.count == 1000)
        #expect(!names.contains("module0"))
        #expect(names.contains("module1000"))
    }
}
