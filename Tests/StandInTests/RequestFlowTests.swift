import Testing

@testable import StandIn

@Suite struct RequestFlowTests {
    private var host = makeHost()

    @Test mutating func theFirstRequestLoadsAndTheSecondIsWarm() throws {
        var first = Visit("/run/cart", requestID: "a")
        #expect(first.begin(&host, at: 100) == .wait(.milliseconds(50)))
        #expect(first.waitEnded(&host, at: 150) == .readBody)
        #expect(first.bodyEnded(&host, at: 151) == .wait(.milliseconds(2)))
        let answer = try #require(first.waitEnded(&host, at: 154).answer)
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "application/json")
        #expect(answer["x-mik-duration-ms"] == "3")
        #expect(answer["x-mik-handler"] == "cart")
        #expect(answer.body.count == 40)

        var second = Visit("/run/cart", requestID: "b")
        #expect(second.begin(&host, at: 200) == .readBody)
        #expect(second.bodyEnded(&host, at: 200) == .wait(.milliseconds(2)))
        #expect(
            host.loads == [
                ModuleLoad(
                    module: "cart",
                    started: .milliseconds(100),
                    requestID: "a",
                    fileByteCount: 128 * 1024
                )
            ]
        )
    }

    @Test mutating func requestsThatComeDuringALoadLoadByThemselves() {
        var first = Visit("/run/cart", requestID: "a")
        var second = Visit("/run/cart", requestID: "b")
        #expect(first.begin(&host, at: 0) == .wait(.milliseconds(50)))
        #expect(second.begin(&host, at: 49) == .wait(.milliseconds(50)))
        #expect(host.loads.map(\.requestID) == ["a", "b"])
    }

    @Test mutating func anIdleModuleIsLoadedAgain() {
        var configuration = storyConfiguration
        configuration.idleUnload = .seconds(10)
        host = makeHost(configuration)
        _ = Visit.run("/run/cart", &host, at: 0)
        _ = Visit.run("/run/cart", &host, at: 10_000)
        #expect(host.loads.count == 1)
        _ = Visit.run("/run/cart", &host, at: 20_001)
        #expect(host.loads.count == 2)
    }

    @Test mutating func theRequestAboveThePermitsGets429AtOnce() throws {
        var holders = [Visit("/run/cart"), Visit("/run/cart")]
        for index in holders.indices { _ = holders[index].begin(&host, at: 0) }
        let answer = try #require(Visit.run("/run/cart", &host, at: 0).answer)
        #expect(answer.status == 429)
        #expect(answer["retry-after"] == "5")
        #expect(
            answer.text
                == #"{"error":"rate limit exceeded: Module 'cart' overloaded (max 2 concurrent)","status":429}"#
        )
        #expect(host.breakers.states.isEmpty)
        holders[0].abandon(&host)
        #expect(Visit.run("/run/cart", &host, at: 0).answer?.status == 200)
    }

    @Test mutating func fiveUnknownModulesOpenTheBreaker() throws {
        for _ in 0..<5 {
            let answer = try #require(Visit.run("/run/no%20one", &host, at: 0).answer)
            #expect(answer.status == 404)
            #expect(answer.text == #"{"error":"module not found: no one","status":404}"#)
        }
        let refused = try #require(Visit.run("/run/no%20one", &host, at: 0).answer)
        #expect(refused.status == 503)
        #expect(refused["retry-after"] == "30")
        #expect(
            refused.text == #"{"error":"circuit breaker open for module 'no one'","status":503}"#
        )
        #expect(Visit.run("/run/no%20one", &host, at: 60_000).answer?.status == 404)
    }

    @Test mutating func aTrapClosesWithoutResponseAndFiveOpenTheBreaker() {
        for _ in 0..<5 {
            #expect(Visit.run("/run/crash", &host, at: 0) == .closeWithoutResponse)
        }
        #expect(Visit.run("/run/crash", &host, at: 1000).answer?.status == 503)
    }

    @Test mutating func aModulesOwnErrorStatusIsASuccessForTheBreaker() {
        for _ in 0..<6 {
            #expect(Visit.run("/run/legacy", &host, at: 0).answer?.status == 500)
        }
    }

    @Test mutating func trapsOfATenantsModuleNeverOpenTheBreakerThatIsChecked() {
        for _ in 0..<6 {
            #expect(Visit.run("/tenant/acme/crash", &host, at: 0) == .closeWithoutResponse)
        }
        #expect(host.loads.map(\.module) == ["tenant:acme/crash"])
        #expect(host.breakers.states.map(\.name) == ["acme/crash"])
    }

    @Test mutating func tenantsThatAreNotConfiguredGet400() {
        var configuration = storyConfiguration
        configuration.tenants = nil
        host = makeHost(configuration)
        #expect(Visit.run("/tenant/acme/crash", &host, at: 0).answer?.status == 400)
        #expect(Visit.run("/tenant/acme", &host, at: 0).answer?.status == 400)
    }

    @Test mutating func anEchoReturnsTheBody() {
        var visit = Visit("/run/echo")
        _ = visit.begin(&host, at: 0)
        _ = visit.waitEnded(&host, at: 10)
        _ = visit.bodyEnded(&host, "ping", at: 10)
        let answer = visit.waitEnded(&host, at: 11).answer
        #expect(answer?.text == "ping")
        #expect(answer?["content-type"] == "application/octet-stream")
    }

    @Test mutating func aBodyThatGrowsOverTheLimitIsRefusedAfterTheLoad() {
        var visit = Visit("/run/cart")
        #expect(visit.begin(&host, at: 0) == .wait(.milliseconds(50)))
        #expect(visit.waitEnded(&host, at: 50) == .readBody)
        let answer = visit.bodyOverLimit(&host, at: 60).answer
        #expect(answer?.status == 413)
        #expect(answer?.text == #"{"error":"request body too large","max":100}"#)
    }

    @Test mutating func anAnnouncedBodyOverTheLimitIsRefusedBeforeTheLoad() {
        var visit = Visit("/run/cart", contentLength: 101)
        let answer = visit.begin(&host, at: 0).answer
        #expect(answer?.status == 413)
        #expect(answer?.text == #"{"error":"request body too large","size":101,"max":100}"#)
        #expect(host.loads.isEmpty)
    }

    @Test mutating func everyRequestCountsWhateverBecomesOfIt() {
        for target in ["/health", "/nowhere", "/run/crash", "/run/%", "/run/cart/%20"] {
            _ = Visit.run(target, &host, at: 0)
        }
        #expect(host.requestCount == 5)
    }

    @Test mutating func staticFilesAreCacheableAndMissingOnesAreNot() {
        let answer = Visit.run("/static/a.txt", &host, at: 0).answer
        #expect(answer?.text == "hello")
        #expect(answer?["cache-control"] == "public, max-age=3600")
        #expect(Visit.run("/static/b.txt", &host, at: 0).answer?.status == 404)
    }
}
