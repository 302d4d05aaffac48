@testable import Capture
import TestSupport
import Testing

@Suite struct ForwardedFieldsTests {
    private static let added = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"

    /// What goes to the upstream for these bytes, delivered in every possible way.
    private func forwarded(_ text: String) throws -> String {
        var results: Set<String> = []
        for cut in EveryCut(of: Array(text.utf8)) {
            var fields = ForwardedFields(client: "192.0.2.7", isSecure: true)
            let output = cut.pieces.flatMap { fields.forwarded($0.span) } + fields.remainder()
            results.insert(String(decoding: output, as: UTF8.self))
        }
        try #require(results.count == 1, "\(results)")
        return try #require(results.first)
    }

    @Test func everyRequestSaysWhoItsClientIs() throws {
        let output = try forwarded(
            "\r\nGET /a HTTP/1.1\r\nHost: shop\r\n\r\n"
                + "POST /b HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\nContent-Length: 3\r\n\r\nabc"
                + "PUT /c HTTP/1.1\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n0\r\nT: x\r\n\r\n"
                + "GET /d HTTP/1.1\r\n\r\n"
        )
        #expect(
            output
                == "\r\nGET /a HTTP/1.1\r\nHost: shop\r\n\(Self.added)X-Forwarded-Host: shop\r\n\r\n"
                + "POST /b HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\nContent-Length: 3\r\n"
                + "\(Self.added)\r\nabc"
                + "PUT /c HTTP/1.1\nTransfer-Encoding: chunked\n\(Self.added)\n"
                + "3\r\nabc\r\n0\r\nT: x\r\n\r\n"
                + "GET /d HTTP/1.1\r\n\(Self.added)\r\n"
        )
    }

    @Test(arguments: [
        "\u{16}\u{3}\u{1}no HTTP at all\r\n\r\n", "GET / HTTP/1.1\r\nHost: half",
        "GET /x HTTP/1.1\r\nbad name: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ])
    func whatIsNoRequestPassesAsItIs(_ text: String) throws {
        #expect(try forwarded(text) == text)
    }

    @Test func whatFollowsAnUpgradePassesAsItIs() throws {
        let head = "GET /chat HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        let rest = "GET / HTTP/1.1\r\n\r\n"
        #expect(try forwarded(head + "\r\n" + rest) == head + Self.added + "\r\n" + rest)
    }
}
