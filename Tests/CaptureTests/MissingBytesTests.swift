@testable import Capture
import TestSupport
import Testing
import TraceFormat

/// Gaps and starts in mid-stream: exchanges that could be affected are marked, nothing is guessed.
@Suite struct MissingBytesTests {
    @Test func gapInsideABodyCostsThatExchangeOnly() throws {
        let exchanges = assemble([
            .opened, .client(get("/a")),
            .server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
            .serverMissing(4), .server("hij"), .client(get("/b")), .server(response("b")),
        ]).records.exchanges
        #expect(
            exchanges.map(\.story) == [
                "GET /a HTTP/1.1 → 200: gap", "GET /b HTTP/1.1 → 200: complete",
            ]
        )
        #expect(exchanges[0].response?.message.body.bytes == Array("abchij".utf8))
        #expect(exchanges[0].response?.message.isComplete == false)
    }

    @Test func gapToTheVeryEndOfABodyKeepsTheFraming() {
        #expect(
            stories([
                .opened, .client("POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"),
                .clientMissing(2),
                .server(response("a")), .client(get("/b")), .server(response("b")),
            ]) == ["POST /a HTTP/1.1 → 200: gap", "GET /b HTTP/1.1 → 200: complete"]
        )
    }

    @Test func gapInsideAChunkKeepsTheFraming() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            stories([
                .opened, .client(get("/a")), .server(head + "8\r\nab"), .serverMissing(3),
                .server("fgh\r\n0\r\n\r\n"), .client(get("/b")), .server(response("b")),
            ]) == ["GET /a HTTP/1.1 → 200: gap", "GET /b HTTP/1.1 → 200: complete"]
        )
    }

    @Test func gapOverChunkFramingResynchronizesAtTheNextResponse() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            stories([
                .opened, .client(get("/a")), .server(head + "8\r\nab"), .serverMissing(7),
                .server("\r\nxyz\r\n0\r\n\r\n"), .client(get("/b")), .server(response("b")),
            ]) == ["GET /a HTTP/1.1 → 200: gap", "GET /b HTTP/1.1 → 200: complete"]
        )
    }

    @Test func lostRequestLeavesItsResponseWithoutOne() {
        let (records, counts) = assemble([
            .opened, .client(get("/a")), .server(response("a")), .clientMissing(30),
            .server(response("lost")), .client(get("/c")), .server(response("c")),
        ])
        #expect(
            records.stories == [
                "GET /a HTTP/1.1 → 200: complete", "GET /c HTTP/1.1 → 200: complete",
            ]
        )
        #expect(counts.withoutRequest == UInt64(response("lost").utf8.count))
    }

    @Test func lostResponseIsAGapOfItsRequest() {
        #expect(
            stories([
                .opened, .client(get("/a")), .serverMissing(100), .client(get("/b")),
                .server(response("b")),
            ]) == ["GET /a HTTP/1.1 → nothing: gap", "GET /b HTTP/1.1 → 200: complete"]
        )
    }

    @Test func lostPipelinedRequestMakesThePairingDoubtful() {
        #expect(
            stories([
                .opened, .client(get("/a")), .clientMissing(30), .client(get("/c")),
                .server(response("a")), .server(response("lost")), .server(response("c")),
                .client(get("/d")), .server(response("d")),
            ]) == [
                "GET /a HTTP/1.1 → 200: complete", "GET /c HTTP/1.1 → 200: gap",
                "GET /d HTTP/1.1 → 200: complete",
            ]
        )
    }

    @Test func lostPipelinedResponseEndsAllThatWait() {
        #expect(
            stories([
                .opened, .client(get("/a") + get("/b")), .serverMissing(50), .server(response("b")),
                .client(get("/c")), .server(response("c")),
            ]) == [
                "GET /a HTTP/1.1 → nothing: gap", "GET /b HTTP/1.1 → nothing: gap",
                "GET /c HTTP/1.1 → 200: complete",
            ]
        )
    }

    @Test func gapInATunnelChangesNothing() {
        #expect(
            stories([
                .opened, .client("CONNECT h:1 HTTP/1.1\r\n\r\n"),
                .server("HTTP/1.1 200 OK\r\n\r\n"),
                .client("abc"), .clientMissing(9), .client(get("/x")), .serverMissing(9),
                .server("y"),
            ]) == ["CONNECT h:1 HTTP/1.1 → 200: upgraded"]
        )
    }

    @Test func answerToAnUpgradeThatWasLostIsNotGuessed() {
        let upgrade = "GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        let (records, counts) = assemble([
            .opened, .client(upgrade), .client("held"), .serverMissing(40), .client("\u{1}tunnel"),
        ])
        #expect(records.stories == ["GET /a HTTP/1.1 → nothing: gap"])
        #expect(counts.resynchronizing == 11)
    }

    @Test func startInMidStreamFindsTheNextMessages() {
        let (records, counts) = assemble([
            .server("rest of a body"), .client("rest of an upload"), .server(response("old")),
            .client(get("/a")), .server(response("a")),
        ])
        #expect(records.stories == ["GET /a HTTP/1.1 → 200: complete"])
        #expect(counts.resynchronizing == 17)
        guard case .opened(let opening)? = records.first else {
            Issue.record("the first record is no opening")
            return
        }
        #expect(opening.time == nil)
    }

    @Test func startInMidStreamTakesAMessageThatIsCutAnywhere() {
        let request = get("/first") + get("/second")
        for cut in EveryCut(of: Array(request.utf8)) where cut.pieces.count <= 2 {
            let events = cut.pieces.map { Event.client(String(decoding: $0, as: UTF8.self)) }
            #expect(
                stories(events + [.server(response("1") + response("2"))]) == [
                    "GET /first HTTP/1.1 → 200: complete", "GET /second HTTP/1.1 → 200: complete",
                ],
                "\(cut)"
            )
        }
        for cut in EveryCut(of: Array(response("body").utf8)) where cut.pieces.count <= 2 {
            let events = cut.pieces.map { Event.server(String(decoding: $0, as: UTF8.self)) }
            #expect(
                stories([.client(get("/"))] + events) == ["GET / HTTP/1.1 → 200: complete"],
                "\(cut)"
            )
        }
    }

    @Test func restOfARequestLineIsNoRequest() {
        let line = "DELETE /users HTTP/1.1\r\nHost: a\r\n\r\n"
        for start in 1..<line.utf8.count {
            let (records, _) = assemble([
                .client(String(line.dropFirst(start))), .server(response("x")),
            ])
            #expect(records == [], "from \(start)")
        }
    }

    @Test func falseStartGivesWayToTheNextDelivery() {
        let (records, counts) = assemble([
            .client("POST this letter"), .client(get("/a")), .server("HTTP/1."),
            .server(response("a")),
        ])
        #expect(records.stories == ["GET /a HTTP/1.1 → 200: complete"])
        #expect(counts.resynchronizing == 16 + 7)
    }
}
