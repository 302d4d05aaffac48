import Testing

@testable import Interchange

@Suite struct MikLoadLogTests {
    private static let text = """
        2026-01-02T03:04:05.678901Z  INFO request{request_id=a1 method=GET path=/run/cart}: mik::runtime::cache: Loading module: cart (181204 bytes)
        \u{1B}[2m2026-01-02T03:04:05.7Z\u{1B}[0m \u{1B}[32m INFO\u{1B}[0m request{request_id=b2 method=GET}:request{request_id=c3 method=GET path=/x}: mik::runtime::cache: Loading module: pay (7 bytes)
        2026-01-02T03:04:05.8Z  INFO request{request_id=d4}: mik::runtime::request_handler: Request started
        2026-01-02T03:04:05.9Z  INFO mik::runtime::cache: Loading module: early (9 bytes)
        Loading
        """

    private static let loads = [
        MikLoadLog.Load(requestID: "a1", module: "cart"),
        MikLoadLog.Load(requestID: "c3", module: "pay"),
    ]

    @Test func loadsNameTheirRequest() throws {
        var log = MikLoadLog()
        try log.read(Array(Self.text.utf8))
        log.finish()
        #expect(log.loads == Self.loads)
        #expect(log.namelessCount == 1)
    }

    @Test func piecesMakeNoDifference() throws {
        var log = MikLoadLog()
        for byte in Self.text.utf8 { try log.read([byte]) }
        log.finish()
        #expect(log.loads == Self.loads)
    }

    @Test func aLineWithoutEndIsRefused() {
        var log = MikLoadLog()
        #expect(throws: InterchangeError.self) {
            for _ in 0..<20 { try log.read([UInt8](repeating: 0x20, count: 1 << 16)) }
        }
    }
}
