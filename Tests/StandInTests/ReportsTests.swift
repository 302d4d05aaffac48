import Testing

@testable import StandIn

@Suite struct ReportsTests {
    private var host = makeHost()

    @Test mutating func healthListsTheLoadedModulesOnlyWhenVerbose() throws {
        _ = Visit.run("/run/cart", &host, at: 0)
        _ = Visit.run("/tenant/acme/crash", &host, at: 0)
        let plain = try #require(Visit.run("/health", &host, at: 1500).answer)
        #expect(
            plain.text == """
                {
                  "status": "ready",
                  "timestamp": "1994-11-06T08:49:38.500000Z",
                  "cache_size": 2,
                  "cache_capacity": 100,
                  "cache_bytes": 262144,
                  "cache_max_bytes": 268435456,
                  "total_requests": 3,
                  "memory": {
                    "allocated_bytes": 262144,
                    "limit_per_request_bytes": 134217728
                  }
                }
                """
        )
        let verbose = try #require(Visit.run("/health?verbose=true", &host, at: 1500).answer)
        #expect(
            verbose.text.hasSuffix(
                """
                ,
                  "loaded_modules": [
                    "cart",
                    "tenant:acme/crash"
                  ]
                }
                """
            )
        )
        let isValue = isJSON(verbose.body.span)
        #expect(isValue)
    }

    @Test mutating func anEmptyCacheIsAnEmptyList() {
        let answer = Visit.run("/health?verbose=1", &host, at: 0).answer
        #expect(answer?.text.hasSuffix("\"loaded_modules\": []\n}") == true)
    }

    @Test mutating func metricsAreThoseOfMik() throws {
        for _ in 0..<5 { _ = Visit.run("/run/nothing", &host, at: 0) }
        let answer = try #require(Visit.run("/metrics", &host, at: 0).answer)
        #expect(answer["content-type"] == "text/plain; version=0.0.4")
        let samples = answer.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                "mik_requests_total 6",
                "mik_cache_entries 0",
                "mik_cache_bytes 0",
                "mik_cache_capacity_bytes 268435456",
                "mik_max_concurrent_requests 1000",
                "mik_circuit_breaker_state{module=\"nothing\"} 1",
                "mik_memory_bytes 0",
            ]
        )
    }
}
