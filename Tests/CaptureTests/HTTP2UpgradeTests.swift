@testable import Capture
import TestSupport
import Testing
import TraceFormat

/// Connections that begin with HTTP/1.1 and agree to go on with HTTP/2 (RFC 7540, section 3.2).
@Suite struct HTTP2UpgradeTests {
    private static let offer = """
        GET /first HTTP/1.1\r\nHost: mik:3000\r\nConnection: Upgrade, HTTP2-Settings\r\n\
        Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n\r\n
        """
    private static let agreement =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    /// What both ends send for the request that offers, and one behind it.
    private static func conversation() throws -> (client: [UInt8], server: [UInt8]) {
        var client = HTTP2Writer()
        var server = HTTP2Writer()
        let requests =
            Array(offer.utf8) + HTTP2Writer.preface + HTTP2Writer.settings
            + (try client.request(3, "/second"))
        var answers = Array(agreement.utf8) + HTTP2Writer.settings
        answers += try server.response(1) + HTTP2Writer.data(1, "one")
        answers += try server.response(3, status: 404) + HTTP2Writer.data(3, "two")
        return (requests, answers)
    }

    private static let bothStories = [
        "GET /first HTTP/1.1 → 200: complete", "GET /second HTTP/2 → 404: complete",
    ]

    @Test func theRequestThatOffersIsAnsweredOnTheFirstStream() throws {
        let (client, server) = try Self.conversation()
        let (records, counts) = assemble([.opened, .clientBytes(client), .serverBytes(server)])
        #expect(records.stories == Self.bothStories)
        let first = try #require(records.exchanges.first)
        #expect(first.interim.map(\.head) == [Array(Self.agreement.utf8)])
        #expect(first.response?.message.body.bytes == Array("one".utf8))
        #expect(records.exchanges.map(\.sequence) == [0, 1])
        #expect(counts.opaque == 0 && counts.notHTTP == 0)
        #expect(counts.inMessages + counts.http2Control == counts.total)
    }

    @Test func everyCutMakesTheSameExchanges() throws {
        let (client, server) = try Self.conversation()
        let offer = Array(client.prefix(Self.offer.utf8.count))
        let rest = Array(client.dropFirst(Self.offer.utf8.count))
        let whole = withoutTimes(
            assemble([.opened, .clientBytes(client), .serverBytes(server)]).records
        )
        for cut in EveryCut(of: server) {
            let pieces = cut.pieces.map { Event.serverBytes(Array($0)) }
            // Frames of the client come before the server agrees, or behind that.
            let eager = assemble([.opened, .clientBytes(client)] + pieces).records
            #expect(withoutTimes(eager) == whole, "\(cut)")
        }
        let answer = Array(server.prefix(Self.agreement.utf8.count))
        let frames = Array(server.dropFirst(Self.agreement.utf8.count))
        for cut in EveryCut(of: rest) {
            let pieces = cut.pieces.map { Event.clientBytes(Array($0)) }
            let start: [Event] = [.opened, .clientBytes(offer), .serverBytes(answer)]
            let patient = assemble(start + pieces + [.serverBytes(frames)]).records
            #expect(withoutTimes(patient) == whole, "\(cut)")
        }
    }

    @Test func aServerMayIgnoreTheOffer() {
        let next = get("/next")
        #expect(
            stories([
                .opened, .client(Self.offer), .server(response("plain")), .client(next),
                .server(response("too")),
            ]) == ["GET /first HTTP/1.1 → 200: complete", "GET /next HTTP/1.1 → 200: complete"]
        )
    }

    @Test func anotherProtocolStaysOpaque() {
        let offer = Self.offer.replacing("Upgrade: h2c", with: "Upgrade: websocket")
        let answer = Self.agreement.replacing("h2c", with: "websocket")
        let (records, counts) = assemble([
            .opened, .client(offer), .server(answer), .client("frames"), .server("others"),
        ])
        #expect(records.stories == ["GET /first HTTP/1.1 → 101: upgraded"])
        #expect(counts.opaque == 12)
    }

    @Test func anUpgradeWithoutAnAnswerIsMarked() throws {
        let (client, _) = try Self.conversation()
        let (records, _) = assemble([
            .opened, .clientBytes(client), .server(Self.agreement), .closed(.server, .finished),
        ])
        #expect(
            records.exchanges.map(\.end) == [.responseTruncated, .closedWithoutResponse]
        )
    }
}
