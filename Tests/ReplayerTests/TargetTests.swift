import Testing

@testable import Replayer

@Suite struct TargetTests {
    @Test(arguments: [
        ("http://127.0.0.1:3000", "127.0.0.1", 3000, "127.0.0.1:3000"),
        ("http://shop.example/", "shop.example", 80, "shop.example"),
        ("HTTP://[::1]:8080", "::1", 8080, "[::1]:8080"),
        ("http://[::1]", "::1", 80, "[::1]"),
    ])
    func urlsAreRead(url: String, host: String, port: Int, authority: String) throws {
        let target = try Target(url: url)
        #expect(target == Target(host: host, port: port))
        #expect(target.authority == authority)
    }

    @Test(arguments: [
        ("https://shop.example", 443, "shop.example"),
        ("HTTPS://shop.example:80/", 80, "shop.example:80"),
    ])
    func encryptedTargetsHaveAPortOfTheirOwn(url: String, port: Int, authority: String) throws {
        let target = try Target(url: url)
        #expect(target == Target(host: "shop.example", port: port, isEncrypted: true))
        #expect(target.authority == authority)
        #expect(target.url == "https://\(authority)")
    }

    @Test func aUnixSocketIsATarget() throws {
        let target = try Target(url: "unix:///run/mik.sock")
        #expect(target == Target(socketPath: "/run/mik.sock"))
        #expect(target.url == "unix:///run/mik.sock")
        #expect(target.authority == "localhost")
    }

    @Test(arguments: [
        "", "unix://", "unix://relative", "unix:///\(String(repeating: "x", count: 107))",
        "127.0.0.1:3000", "https://", "httpss://a", "http://", "http://a:0", "http://a:65536",
        "http://a:b",
        "http://a/path", "http://::1:80", "http://[::1", "http://[::1]80", "http://u@a",
        "http://:80",
    ])
    func otherTextsAreRefused(url: String) {
        #expect(throws: ReplayError.self) { try Target(url: url) }
    }
}
