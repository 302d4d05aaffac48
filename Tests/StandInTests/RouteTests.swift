import Testing

@testable import StandIn

@Suite struct RouteTests {
    private func route(_ target: String, contentLength: Int? = nil, hasHost: Bool = true) -> Route {
        Route(
            of: RequestFacts(target: target, contentLength: contentLength, hasHost: hasHost),
            bodyLimit: 100
        )
    }

    @Test(arguments: [
        ("/health", Route.health(verbose: false)),
        ("/health?verbose=true", .health(verbose: true)),
        ("/health?a=b&verbose=1", .health(verbose: true)),
        ("/health?verbose=yes", .health(verbose: false)),
        ("http://shop.example/health?verbose=1", .health(verbose: true)),
        ("/metrics", .metrics),
        ("/static/img/logo.svg", .staticFile(path: "img/logo.svg")),
        ("/openapi/cart", .schema(name: "cart")),
        ("/script/checkout", .script(name: "checkout")),
        ("/script/check%6Fut/ignored?x=1", .script(name: "check%6Fut")),
        ("/run/cart", .module(ModuleKey("cart"))),
        ("/run/cart/items//7/?q=%20", .module(ModuleKey("cart"))),
        ("/run/c%61rt", .module(ModuleKey("cart"))),
        ("/run/caf%C3%A9", .module(ModuleKey("café"))),
        ("/run/100%/x", .module(ModuleKey("100%"))),
        ("/run/a%zz", .module(ModuleKey("a%zz"))),
        ("/tenant/acme/cart/x", .tenantModule(ModuleKey("cart", tenant: "acme"))),
        ("/tenant//acme//c%61rt", .tenantModule(ModuleKey("cart", tenant: "acme"))),
        ("/tenant/acme/cart/a%20b", .tenantModule(ModuleKey("cart", tenant: "acme"))),
        ("/tenant/acme/", .tenantPathTooShort),
        ("/run/", .moduleMissing),
        ("/run//cart", .moduleMissing),
    ])
    func targetsLeadWhereMikLeadsThem(target: String, expected: Route) {
        #expect(route(target) == expected)
    }

    @Test(arguments: [
        "/", "/run", "/static", "/health/", "/metrics/", "/Health", "*", "", "http://x",
    ])
    func everythingElseIsUnknown(target: String) {
        #expect(route(target) == .unknown)
    }

    @Test(arguments: ["%20", "%3C", "%3E", "%60", "%00", "%0a", "x%3Fa%20b"])
    func aRunPathThatDoesNotParseOnceDecodedCannotBeDelivered(rest: String) {
        #expect(route("/run/cart/\(rest)") == .undeliverable)
    }

    @Test func whatADecodedNumberSignCutsOffIsNotLookedAt() {
        #expect(route("/run/cart/a%23b%20c") == .module(ModuleKey("cart")))
    }

    @Test func modulesNeedAHostAndTheRestDoesNot() {
        #expect(route("/run/cart", hasHost: false) == .undeliverable)
        #expect(route("/tenant/acme/cart", hasHost: false) == .undeliverable)
        #expect(route("/health", hasHost: false) == .health(verbose: false))
    }

    @Test func aPathMayHave4096BytesAndTheQueryDoesNotCount() {
        let longest = "/run/" + String(repeating: "a", count: 4091)
        #expect(route(longest + "?" + longest) == .module(ModuleKey(String(longest.dropFirst(5)))))
        #expect(route(longest + "a") == .pathTooLong(byteCount: 4097))
    }

    @Test func anAnnouncedBodyOverTheLimitIsRefusedBeforeRoutingButAfterHealth() {
        #expect(route("/run/cart", contentLength: 100) == .module(ModuleKey("cart")))
        #expect(route("/run/cart", contentLength: 101) == .bodyTooLong(byteCount: 101))
        #expect(route("/nowhere", contentLength: 101) == .bodyTooLong(byteCount: 101))
        #expect(route("/health", contentLength: 101) == .health(verbose: false))
    }
}
