import HTTPWire
import Testing

@Suite struct RequestGlobTests {
    private func matches(_ pattern: String, _ line: String) -> Bool? {
        RequestGlob(pattern)?.matches(requestHead: Array("\(line) HTTP/1.1\r\n\r\n".utf8))
    }

    @Test(arguments: [
        ("/run/cart/*", "GET /run/cart/items/1", true), ("/run/cart/*", "GET /run/cart", false),
        ("GET /run/*", "GET /run/x?y=1", true), ("GET /run/*", "POST /run/x", false),
        ("*", "DELETE /", true), ("* *", "GET /", false), ("/a", "GET /a?b=c", true),
        ("/a?b=*", "GET /a?b=c", true), ("/a?b=*", "GET /a?c=b", false),
        ("/*/x/*/y", "GET /1/x/2/x/3/y", true), ("/*/x/*/y", "GET /1/x/2/z", false),
        ("/A", "GET /a", false), ("GET *", "GET *", true),
        ("/*a*a*a*b", "GET /aaaaaaaaaaaaaaaaaaaa", false),
    ])
    func patternMatchesByItsRules(_ pattern: String, _ line: String, _ expected: Bool) {
        #expect(matches(pattern, line) == expected)
    }

    @Test(arguments: ["", "run", "GET", " /a", "GET /a b", "GET  /a"])
    func whatIsNoPatternIsRefused(_ pattern: String) {
        #expect(RequestGlob(pattern) == nil)
    }

    @Test(arguments: [
        ("GET /a HTTP/2\r\nhost: b\r\n\r\n", "GET", "/a", "HTTP/2"),
        ("GET /a b HTTP/1.1\nx", "GET", "/a b", "HTTP/1.1"), ("GET /a", "GET", "/a", ""),
        ("GET", "GET", "", ""), ("", "", "", ""), ("\r\n\r\n", "", "", ""), (" ", "", "", ""),
    ])
    func partsOfARequestLineAreFoundWhateverItIs(
        _ text: String,
        _ method: String,
        _ target: String,
        _ version: String
    ) {
        let head = Array(text.utf8)
        let line = StartLine(ofRequest: head)
        #expect(String(decoding: head[line.first], as: UTF8.self) == method)
        #expect(String(decoding: head[line.second], as: UTF8.self) == target)
        #expect(String(decoding: head[line.third], as: UTF8.self) == version)
        #expect(line.end <= head.count)
    }
}
