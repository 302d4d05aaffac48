import Testing

@testable import StandIn

@Suite struct ScriptRunTests {
    private var host = makeHost()

    @Test mutating func callsRunOneAfterTheOtherAndTheirFailuresAreValues() throws {
        var visit = Visit("/script/checkout", requestID: "s")
        #expect(visit.begin(&host, at: 0) == .readBody)
        #expect(visit.bodyEnded(&host, #"{"cart":7}"#, at: 0) == .wait(.milliseconds(3)))
        #expect(visit.waitEnded(&host, at: 3) == .wait(.milliseconds(50)))  // cart loads
        #expect(visit.waitEnded(&host, at: 53) == .wait(.milliseconds(2)))  // cart runs
        #expect(visit.waitEnded(&host, at: 55) == .wait(.milliseconds(10)))  // crash loads
        #expect(visit.waitEnded(&host, at: 65) == .wait(.milliseconds(1)))  // crash traps
        let answer = try #require(visit.waitEnded(&host, at: 66).answer)
        #expect(answer.status == 200)
        #expect(
            answer.text == #"{"result":{"calls":[{"module":"cart","status":200},"#
                + #"{"error":"HANDLER_ERROR","module":"crash","status":500},"#
                + #"{"error":"MODULE_NOT_FOUND","module":"nothing","status":404}],"#
                + #""script":"checkout"},"calls_executed":3}"#
        )
        #expect(host.loads.map(\.module) == ["cart", "crash"])
        #expect(host.loads.map(\.requestID) == ["s", "s"])
    }

    @Test mutating func callsShareBreakersAndPermitsWithRun() throws {
        for _ in 0..<5 { _ = Visit.run("/run/crash", &host, at: 0) }
        var holders = [Visit("/run/cart"), Visit("/run/cart")]
        for index in holders.indices { _ = holders[index].begin(&host, at: 0) }
        let answer = try #require(Visit.run("/script/checkout", &host, at: 10).answer)
        #expect(answer.text.contains(#"{"error":"RATE_LIMITED","module":"cart","status":429}"#))
        #expect(answer.text.contains(#"{"error":"CIRCUIT_OPEN","module":"crash","status":503}"#))
    }

    @Test mutating func anAbandonedScriptGivesItsPermitBack() {
        for _ in 0..<3 {
            var visit = Visit("/script/checkout")
            _ = visit.begin(&host, at: 0)
            _ = visit.bodyEnded(&host, at: 0)
            _ = visit.waitEnded(&host, at: 3)
            visit.abandon(&host)
        }
        #expect(Visit.run("/run/cart", &host, at: 10).answer?.status == 200)
    }

    @Test mutating func everyProblemOfAScriptIsA500() {
        let missing = Visit.run("/script/nothing", &host, at: 0).answer
        #expect(missing?.status == 500)
        #expect(
            missing?.text
                == #"{"error":"script 'scripts/nothing.js' failed: script not found","status":500}"#
        )

        var malformed = Visit("/script/checkout")
        _ = malformed.begin(&host, at: 0)
        #expect(malformed.bodyEnded(&host, "{", at: 0).answer?.status == 500)

        var tooLong = Visit("/script/checkout")
        _ = tooLong.begin(&host, at: 0)
        #expect(tooLong.bodyOverLimit(&host, at: 0).answer?.status == 500)
    }
}
