import HTTPWire
import SeededRandom
import Testing

@testable import Analyzer

@Suite struct RouteKeyTests {
    private func key(_ target: String, _ rules: RouteRules = RouteRules()) -> RouteKey {
        RouteKey(method: "GET", target: target, rules)
    }

    @Test(arguments: [
        ("/item/1", "/item/2"), ("/run/cart/items/1", "/run/cart/items/2?x=1"),
        ("/tenant/4/cart/1", "/tenant/4/cart/2/3"), ("/script/home/a", "/script/home/b"),
        ("/health?a", "/health?b"),
    ])
    func pathsThatGoOnDifferentlyAreOneToRemember(_ first: String, _ second: String) throws {
        #expect(key(first) == key(second))
        var rules = RouteRules()
        rules.usesWholePaths = true
        #expect(key("/item/1", rules) != key("/item/2", rules))
        rules = RouteRules()
        rules.patterns = [try #require(RequestGlob("*/1"))]
        #expect(key("/item/1", rules) != key("/item/2", rules))
    }

    @Test func equalKeysAreOfOneRoute() {
        let parts = [
            "/", "/", "/", "run", "tenant", "script", "a", "b", "?", "#", "é", "\u{301}", "%2F",
            ":",
            "//", "http://h", "",
        ]
        var random = SplitMix64(seed: 41)
        var routes: [RouteKey: (route: Route, target: String)] = [:]
        var repeatCount = 0
        for _ in 0..<20_000 {
            let length = Int(random.next() % 9)
            let target = (0..<length).map { _ in parts[Int(random.next() % UInt64(parts.count))] }
                .joined()
            let route = Route(target: target)
            guard let known = routes[key(target)] else {
                routes[key(target)] = (route, target)
                continue
            }
            repeatCount += 1
            #expect(
                known.route == route,
                "\(target.debugDescription) \(known.target.debugDescription)"
            )
        }
        #expect(repeatCount > 1000)
    }
}
