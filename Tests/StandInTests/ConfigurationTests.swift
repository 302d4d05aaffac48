import Testing

@testable import StandIn

@Suite struct ConfigurationTests {
    @Test func slowingChangesOneRoutesWarmTimeAndNothingElse() throws {
        let slowed = try storyConfiguration.slowing("/run/cart", by: 1.5)
        var expected = storyConfiguration
        expected.modules["cart"]?.service = .milliseconds(3)
        #expect(slowed == expected)
        #expect(
            try storyConfiguration.slowing("/script/checkout", by: 2).scripts["checkout"]?.service
                == .milliseconds(6)
        )
        let shop = try StandInConfiguration.demoShop.slowing("/tenant/acme/cart", by: 2)
        #expect(shop.tenants?["acme"]?["cart"]?.service == .milliseconds(5))
        #expect(shop.modules == StandInConfiguration.demoShop.modules)
    }

    @Test(arguments: ["/run/nothing", "/run", "/run/cart/x", "/tenant/acme", "/health", ""])
    func aRouteThatIsNotConfiguredIsAnError(route: String) {
        #expect(throws: StandInError.unknownRoute(route)) {
            try storyConfiguration.slowing(route, by: 2)
        }
    }

    @Test(arguments: [0, -1, .infinity, 1e9])
    func aFactorOutOfRangeIsAnError(factor: Double) {
        #expect(throws: StandInError.invalidFactor(factor)) {
            try storyConfiguration.slowing("/run/cart", by: factor)
        }
    }

    @Test func slowdownsReadAsPercentOrFactor() throws {
        let percent = try #require(Slowdown("/run/search=+30%"))
        #expect(percent.route == "/run/search")
        #expect(abs(percent.factor - 1.3) < 1e-9)
        #expect(Slowdown("/run/search=-25%")?.factor == 0.75)
        #expect(Slowdown("/script/checkout=x2.5")?.factor == 2.5)
        #expect(Slowdown("/run/a=b=x2")?.route == "/run/a=b")
    }

    @Test(arguments: [
        "", "/run/a", "=x2", "/run/a=", "/run/a=2", "/run/a=x", "/run/a=x0", "/run/a=x-1",
        "/run/a=xnan", "/run/a=xinf", "/run/a=+%", "/run/a=30%", "/run/a=-100%", "/run/a=+30",
    ])
    func anythingElseIsNoSlowdown(text: String) {
        #expect(Slowdown(text) == nil)
    }

    @Test func jitterStaysInItsRangeAndDependsOnSeedNameAndCountOnly() {
        let jitter = Jitter(seed: 11)
        let times = (0..<200).map {
            jitter.vary(.milliseconds(100), by: 0.1, name: "cart", count: $0)
        }
        #expect(times.allSatisfy { .milliseconds(90)...(.milliseconds(110)) ~= $0 })
        #expect(Set(times).count > 190)
        #expect(
            times[7] == Jitter(seed: 11).vary(.milliseconds(100), by: 0.1, name: "cart", count: 7)
        )
        #expect(
            times[7] != Jitter(seed: 12).vary(.milliseconds(100), by: 0.1, name: "cart", count: 7)
        )
        #expect(times[7] != jitter.vary(.milliseconds(100), by: 0.1, name: "users", count: 7))
    }
}
