import HTTPWire
import Testing
import TraceFormat

@testable import Analyzer

@Suite struct RouteRulesTests {
    private func name(_ rules: RouteRules, _ method: String, _ target: String) -> String {
        rules.name(method: method, target: target, route: Route(target: target))
    }

    @Test(arguments: [
        ("/run/cart/items/17?x=1", "/run/cart/items/:id"), ("/run/17/items", "/run/17/items"),
        ("/run/cart/", "/run/cart"), ("/run/cart/x/", "/run/cart/x/"),
        ("/run/cart/123e4567-e89b-12d3-a456-426614174000/a", "/run/cart/:id/a"),
        (
            "/run/cart/123e4567-e89b-12d3-a456-42661417400",
            "/run/cart/123e4567-e89b-12d3-a456-42661417400"
        ),
        ("/run/cart/5F1b2c3d4e5f6a7b", "/run/cart/:id"), ("/run/cart/5f1b2c3", "/run/cart/5f1b2c3"),
        ("/run/cart/deadbeefdeadbeef", "/run/cart/deadbeefdeadbeef"),
        ("/tenant/4/cart/9", "/tenant/4/cart/:id"), ("/script/home/7", "/script/home/:id"),
        ("/static/css/a.css", "/static/css/a.css"), ("/health", "/health"), ("*", "other"),
    ])
    func wholePathsFoldIdentifiersBehindTheModule(_ target: String, _ expected: String) {
        var rules = RouteRules()
        rules.usesWholePaths = true
        #expect(name(rules, "GET", target) == expected)
    }

    @Test func foldingCanBeSwitchedOff() {
        var rules = RouteRules()
        rules.usesWholePaths = true
        rules.foldsIdentifiers = false
        #expect(name(rules, "GET", "/run/cart/items/17") == "/run/cart/items/17")
    }

    @Test func theFirstPatternNamesTheRouteAndMethodsSeparate() throws {
        var rules = RouteRules()
        rules.patterns = [
            try #require(RequestGlob("GET /run/cart/*")), try #require(RequestGlob("/run/*")),
        ]
        #expect(name(rules, "GET", "/run/cart/a?b") == "GET /run/cart/*")
        #expect(name(rules, "POST", "/run/cart/a") == "/run/*")
        #expect(name(rules, "POST", "/health") == "/health")
        rules.separatesMethods = true
        #expect(name(rules, "GET", "/run/cart/a") == "GET /run/cart/*")
        #expect(name(rules, "POST", "/run/cart/a") == "POST /run/*")
        #expect(name(rules, "GET", "/health") == "GET /health")
    }

    /// One route of several modules, and several routes of one: temperatures stay the modules'.
    @Test func temperaturesBelongToModulesHoweverRoutesAreCut() throws {
        var run = SyntheticRun()
        for (number, target) in ["/run/a/1", "/run/a/x", "/run/b/1", "/run/a/2?q=3"].enumerated() {
            run.answer(target, due: Int64(number) * 100, service: number == 0 ? 90 : 10)
        }
        run.info.planned = 4
        var rules = RouteRules()
        rules.patterns = [
            try #require(RequestGlob("*?q=*")), try #require(RequestGlob("/run/*/1")),
        ]
        rules.usesWholePaths = true
        var analyzer = RunAnalyzer(info: run.info, rules: rules)
        for outcome in run.outcomes { analyzer.add(outcome) }
        let analysis = analyzer.finish(ending: run.ending)
        #expect(analysis.routes.map(\.name) == ["/run/*/1", "*?q=*", "/run/a/x"])
        #expect(analysis.routes.map(\.counts.total) == [2, 1, 1])
        #expect(analysis.modules.map(\.module) == ["a", "b"])
        #expect(analysis.modules.map { $0.counts[.cold] } == [1, 1])
        #expect(analysis.modules.map { $0.counts[.warm] } == [2, nil])
    }
}
