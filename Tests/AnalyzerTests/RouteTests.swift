import Testing

@testable import Analyzer

@Suite struct RouteTests {
    @Test(arguments: [
        ("/run/cart", "/run/cart"), ("/run/cart/", "/run/cart"),
        ("/run/cart/a/b?q=/x", "/run/cart"),
        ("/run/cart%20eu/x", "/run/cart eu"), ("/run/Cart", "/run/Cart"),
        ("/run/caf%C3%A9", "/run/café"),
    ])
    func modulesAreTheirOwnRoutes(_ target: String, _ name: String) {
        let route = Route(target: target)
        #expect(route.name == name)
        #expect(route.handler == .module(String(name.dropFirst(5))))
    }

    @Test func tenantsModulesAreNamedAsMikNamesThem() {
        let route = Route(target: "/tenant/a%63me/cart//x/?y=1")
        #expect(route.name == "/tenant/acme/cart")
        #expect(route.handler == .module("acme/cart"))
    }

    @Test func scriptsAreNotDecodedAndAreNoModules() {
        let route = Route(target: "/script/check%6Fut/ignored?x")
        #expect(route.name == "/script/check%6Fut")
        #expect(route.handler == .script("check%6Fut"))
    }

    @Test(arguments: [
        ("/", "/"), ("/health?verbose=true", "/health"), ("/metrics", "/metrics"),
        ("/static/css/a.css", "/static"), ("/_mik/handlers", "/_mik"),
        ("/favicon.ico", "/favicon.ico"),
        ("/run", "/run"), ("/run/", "/run"), ("/run//x", "/run"), ("/tenant/a", "/tenant"),
        ("/tenant/a/", "/tenant"), ("/script/", "/script"), ("//x", "/"),
        ("*", "other"), ("example.com:443", "other"), ("", "other"), ("?x", "other"),
    ])
    func everythingElseIsItsFirstSegmentOrOther(_ target: String, _ name: String) {
        let route = Route(target: target)
        #expect(route.name == name)
        #expect(route.handler == .server)
    }

    @Test func absoluteTargetsAreCutToTheirPath() {
        #expect(Route(target: "http://host:3000/run/cart?x").name == "/run/cart")
        #expect(Route(target: "http://host").name == "/")
    }

    @Test(arguments: [
        ("/run/a%2Fb", "/run/a%2Fb"), ("/run/a%1B%5B31m", "/run/a%1B%5B31m"),
        ("/run/a%FF", "/run/a%FF"), ("/run/100%", "/run/100%"), ("/run/a%zz", "/run/a%zz"),
        ("/run/a%+1", "/run/a%+1"), ("/run/a\u{1B}[31m", "/run/a\u{FFFD}[31m"),
        ("/x\u{202E}y", "/x\u{FFFD}y"),
    ])
    func namesNeverSteerATerminal(_ target: String, _ name: String) {
        #expect(Route(target: target).name == name)
    }
}
