@testable import Capture
import TestSupport
import Testing
import TraceFormat

@Suite struct ExchangeAssemblerTests {
    @Test func oneExchangeIsRecordedWithAllItsBytesAndTimes() throws {
        let records = assemble([
            .opened,
            .client("POST /a HTTP/1.1\r\nContent-"), .client("Length: 5\r\n\r\nhe"), .client("llo"),
            .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc"),
            .server("\r\n0\r\nSum: 1\r\n\r\n"), .closed(.client, .finished),
            .closed(.server, .finished),
        ]).records
        #expect(
            records.first
                == .opened(ConnectionOpening(connection: 7, client: "c:1", server: "s:2", time: 10))
        )
        #expect(records.last == .closed(ConnectionClosing(connection: 7, time: 80, by: .client)))
        let exchange = try #require(records.exchanges.first)
        #expect(records.count == 3)
        #expect(
            exchange.request.head == Array("POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\n".utf8)
        )
        #expect(exchange.request.body.bytes == Array("hello".utf8))
        #expect(exchange.request.body.fingerprint == Fingerprint(of: Array("hello".utf8)))
        #expect(exchange.request.firstByteTime == 20)
        #expect(exchange.request.lastByteTime == 40)
        #expect(exchange.request.isComplete)
        let response = try #require(exchange.response)
        #expect(response.status == 200)
        #expect(response.message.body.bytes == Array("abc".utf8))
        #expect(response.message.body.length == 3)
        #expect(
            response.message.body.wireLength
                == UInt64("3;x=y\r\nabc\r\n0\r\nSum: 1\r\n\r\n".utf8.count)
        )
        #expect(response.message.trailers == Array("Sum: 1\r\n".utf8))
        #expect(response.message.firstByteTime == 50)
        #expect(response.message.lastByteTime == 60)
        #expect(response.message.isComplete)
        #expect(exchange.end == .complete)
    }

    @Test func pipelinedRequestsGetTheirResponsesInOrder() {
        #expect(
            stories([
                .opened, .client(get("/a") + get("/b") + get("/c")),
                .server(response("1") + response("22", status: 404)),
                .server(response("333", status: 201)),
            ]) == [
                "GET /a HTTP/1.1 → 200: complete", "GET /b HTTP/1.1 → 404: complete",
                "GET /c HTTP/1.1 → 201: complete",
            ]
        )
    }

    @Test func everyCutMakesTheSameExchanges() {
        let requests =
            get("/a") + "HEAD /h HTTP/1.1\r\n\r\n"
            + "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n"
            + get("/c")
        let responses =
            response("first") + "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
            + "HTTP/1.1 100 Continue\r\n\r\n" + response("", status: 204)
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nA: b\r\n\r\n"
        let whole = withoutTimes(
            assemble([.opened, .client(requests), .server(responses)]).records
        )
        #expect(whole.stories.count == 4)
        #expect(whole.exchanges.allSatisfy { $0.end == .complete })
        #expect(whole.exchanges[2].interim.count == 1)
        for cut in EveryCut(of: Array(requests.utf8)) {
            let events = cut.pieces.map { Event.client(String(decoding: $0, as: UTF8.self)) }
            let records = assemble([.opened] + events + [.server(responses)]).records
            #expect(withoutTimes(records) == whole, "\(cut)")
        }
        for cut in EveryCut(of: Array(responses.utf8)) {
            let events = cut.pieces.map { Event.server(String(decoding: $0, as: UTF8.self)) }
            let records = assemble([.opened, .client(requests)] + events).records
            #expect(withoutTimes(records) == whole, "\(cut)")
        }
    }

    @Test func bodyEndsWithTheConnectionWhereNothingElseEndsIt() {
        let head = "HTTP/1.0 200 OK\r\n\r\n"
        #expect(
            stories([
                .opened, .client(get("/")), .server(head + "body"), .closed(.server, .finished),
            ])
                == ["GET / HTTP/1.1 → 200: complete"]
        )
        #expect(
            stories([.opened, .client(get("/")), .server(head + "body"), .closed(.server, .reset)])
                == ["GET / HTTP/1.1 → 200: response-truncated"]
        )
        #expect(
            stories([.opened, .client(get("/")), .server(head + "body")])
                == ["GET / HTTP/1.1 → 200: cut-by-recording-end"]
        )
    }

    @Test func earlyResponseWaitsForTheRestOfItsRequest() throws {
        let exchange = try #require(
            assemble([
                .opened, .client("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab"),
                .server(response("no", status: 413)), .client("cd"), .client(get("/next")),
                .server(response("yes")),
            ]).records.exchanges.first
        )
        #expect(exchange.story == "POST / HTTP/1.1 → 413: complete")
        #expect(exchange.request.body.bytes == Array("abcd".utf8))
    }

    @Test func upgradeIsAnExchangeAndThenOpaque() {
        let upgrade = "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        let (records, counts) = assemble([
            .opened, .client(upgrade), .client("early"), .server("HTTP/1.1 101 Switching\r\n\r\n"),
            .server("\u{1}\u{2}"), .client("bytes"),
        ])
        #expect(records.stories == ["GET /ws HTTP/1.1 → 101: upgraded"])
        #expect(counts.opaque == 12)
    }

    @Test func refusedUpgradeGoesOnWithHTTP() {
        let upgrade = "GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        #expect(
            stories([
                .opened, .client(upgrade), .client(get("/b") + upgrade), .client(get("/c")),
                .server(response("1")), .server(response("2") + response("3")),
                .server(response("4")),
            ]) == [
                "GET /a HTTP/1.1 → 200: complete", "GET /b HTTP/1.1 → 200: complete",
                "GET /a HTTP/1.1 → 200: complete", "GET /c HTTP/1.1 → 200: complete",
            ]
        )
    }

    @Test func connectOpensATunnelOnlyWhenItSucceeds() {
        let connect = "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"
        #expect(
            stories([
                .opened, .client(connect), .server("HTTP/1.1 200 OK\r\n\r\n"), .client(get("/x")),
            ])
                == ["CONNECT h:1 HTTP/1.1 → 200: upgraded"]
        )
        #expect(
            stories([
                .opened, .client(connect), .server(response("no", status: 403)), .client(get("/x")),
                .server(response("x")),
            ]) == ["CONNECT h:1 HTTP/1.1 → 403: complete", "GET /x HTTP/1.1 → 200: complete"]
        )
    }

    @Test(
        arguments: [
            (
                [.closed(.server, .finished)], "nothing: closed-without-response",
                ConnectionCloser.server
            ),
            (
                [.closed(.server, .finished), .closed(.client, .finished)],
                "nothing: closed-without-response", .server
            ),
            ([.closed(.server, .reset)], "nothing: reset-without-response", .serverReset),
            ([.closed(.client, .reset)], "nothing: abandoned-by-client", .clientReset),
            (
                [.closed(.client, .finished), .closed(.server, .finished)],
                "nothing: abandoned-by-client", .client
            ),
            (
                [.closed(.client, .finished), .closed(.server, .reset)],
                "nothing: abandoned-by-client", .client
            ),
            (
                [.server("HTTP/1.1 2"), .closed(.server, .finished)], "nothing: response-truncated",
                .server
            ),
            (
                [.server("HTTP/1.1 100 C\r\n\r\n"), .closed(.server, .reset)],
                "nothing: response-truncated", .serverReset
            ),
            (
                [
                    .server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                    .closed(.server, .finished),
                ],
                "200: response-truncated", .server
            ),
            (
                [
                    .server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                    .closed(.client, .reset),
                ],
                "200: abandoned-by-client", .clientReset
            ),
            ([.recordingEnded], "nothing: cut-by-recording-end", .recordingEnd),
            ([.server("SSH-2.0-x\r\n\r\n")], "nothing: malformed-response", .recordingEnd),
        ] as [([Event], String, ConnectionCloser)]
    )
    func unansweredRequestSaysWhy(events: [Event], end: String, closer: ConnectionCloser) throws {
        let records = assemble([.opened, .client(get("/"))] + events).records
        #expect(records.stories == ["GET / HTTP/1.1 → \(end)"])
        guard case .closed(let closing) = try #require(records.last) else {
            Issue.record("the last record is no closing")
            return
        }
        #expect(closing.by == closer)
    }

    @Test(
        arguments: [
            ([.closed(.client, .finished)], "request-truncated"),
            ([.closed(.client, .reset)], "request-truncated"),
            ([.closed(.server, .finished)], "closed-without-response"),
            ([.closed(.server, .reset)], "reset-without-response"),
            ([.recordingEnded], "cut-by-recording-end"),
            ([.clientMissing(2)], "gap"),
        ] as [([Event], String)]
    )
    func unfinishedRequestSaysWhy(events: [Event], end: String) throws {
        let records = assemble(
            [.opened, .client("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc")] + events
        ).records
        let exchange = try #require(records.exchanges.first)
        #expect(exchange.end.name == end)
        #expect(!exchange.request.isComplete)
        #expect(exchange.request.body.length == 3)
    }

    @Test func requestAfterTheServersFarewellIsUnanswered() {
        #expect(
            stories([
                .opened, .client(get("/a")), .server(response("a")), .closed(.server, .finished),
                .client(get("/b")), .closed(.client, .finished),
            ]) == [
                "GET /a HTTP/1.1 → 200: complete",
                "GET /b HTTP/1.1 → nothing: closed-without-response",
            ]
        )
    }

    @Test func halfClosedClientStillGetsItsResponse() {
        #expect(
            stories([
                .opened, .client(get("/")), .closed(.client, .finished), .server(response("x")),
                .closed(.server, .finished),
            ]) == ["GET / HTTP/1.1 → 200: complete"]
        )
    }

    @Test func malformedBodyEndsTheRequestButNotItsAnswer() {
        let (records, counts) = assemble([
            .opened, .client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            .client("more"), .server(response("bad", status: 400)),
        ])
        #expect(records.stories == ["POST / HTTP/1.1 → 400: malformed-request"])
        #expect(counts.notHTTP == 8)
    }

    @Test func connectionThatIsNotHTTPIsCountedAndNotInvented() {
        let (records, counts) = assemble([
            .opened, .client("\u{16}\u{3}\u{1}hello\n\n"), .server("\u{16}world"), .client("more"),
        ])
        #expect(records == [])
        #expect(counts.notHTTP == 14)
        #expect(counts.withoutRequest == 6)
    }

    @Test func silentConnectionIsRecorded() {
        let records = assemble([.opened, .closed(.client, .finished), .closed(.server, .finished)])
            .records
        #expect(records.count == 2)
    }

    @Test func bodiesAreKeptByOptionAndWithinTheLimit() throws {
        let events: [Event] = [
            .opened, .client("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
            .server(response("defg")),
        ]
        for (bodies, request, response) in [
            (BodyRetention.none, nil, nil), (.requests, "abc", nil), (.all, "abc", "defg"),
        ] {
            let exchange = try #require(assemble(events, bodies: bodies).records.exchanges.first)
            #expect(exchange.request.body.bytes == request.map { Array($0.utf8) })
            #expect(exchange.response?.message.body.bytes == response.map { Array($0.utf8) })
            #expect(
                exchange.response?.message.body.fingerprint == Fingerprint(of: Array("defg".utf8))
            )
        }
        let small = assemble(events, limits: ExchangeLimits(bodyByteCount: 6)).records.exchanges[0]
        #expect(small.request.body.bytes != nil)
        #expect(small.response?.message.body.bytes == nil)
        #expect(small.response?.message.body.length == 4)
    }

    @Test func requestsBeyondTheLimitAreCounted() {
        let (records, counts) = assemble(
            [.opened, .client(get("/1") + get("/2") + get("/3")), .client(get("/4"))],
            limits: ExchangeLimits(openExchangeCount: 2)
        )
        #expect(records.stories.count == 2)
        #expect(counts.overLimit == UInt64(2 * get("/3").utf8.count))
    }

    @Test func endlessInterimResponsesAreMalformed() {
        let interim = String(repeating: "HTTP/1.1 102 P\r\n\r\n", count: 5)
        let records = assemble(
            [.opened, .client(get("/")), .server(interim)],
            limits: ExchangeLimits(interimCount: 3)
        ).records
        #expect(records.exchanges[0].interim.count == 3)
        #expect(records.exchanges[0].end == .malformedResponse)
    }

    @Test func answerInPlaceOfAnUnreachableUpstreamIsMarked() {
        #expect(
            stories([
                .opened, .client(get("/")), .upstreamUnreachable,
                .server(response("x", status: 502)),
            ])
                == ["GET / HTTP/1.1 → 502: upstream-unreachable"]
        )
    }
}
