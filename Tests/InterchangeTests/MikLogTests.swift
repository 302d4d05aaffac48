import TestSupport
import Testing
import TraceFormat

@testable import Interchange

@Suite struct MikLogTests {
    private static let module = "mik::runtime::request_handler"

    private func line(
        _ second: String,
        _ id: String,
        _ message: String,
        span: String = "",
        path: String = "/run/cart/items",
        level: String = " INFO"
    ) -> String {
        "2026-01-02T03:04:\(second)Z \(level) \(span)request{request_id=\(id) trace_id=t\(id) "
            + "method=GET path=\(path) remote_addr=10.0.0.7:4242}: \(Self.module): \(message)\n"
    }

    private func read(_ text: String) throws(InterchangeError) -> Imported {
        try imported(text, by: MikLogImporter(writer: "test"))
    }

    @Test func startAndEndOfARequestAreAnExchange() throws {
        let result = try read(
            "mik is listening on port 3000\n" + line("05.000000", "a", "Request started")
                + line("05.001000", "a", "Request timing spans trace_id=ta total_ms=1 spans=[]")
                + line("05.002500", "a", "Request completed status=404 duration_ms=2")
        )
        let exchange = try #require(result.exchanges.first)
        #expect(
            exchange.request.head
                == Array("GET /run/cart/items HTTP/1.1\r\nHost: unknown.invalid\r\n\r\n".utf8)
        )
        #expect(exchange.request.isComplete && exchange.request.firstByteTime == 0)
        #expect(exchange.response?.status == 404)
        #expect(exchange.response?.message.lastByteTime == 2_500_000)
        #expect(exchange.response?.message.isComplete == false && exchange.end == .gap)
        #expect(result.info?.epoch == UnixTime.nanoseconds("2026-01-02T03:04:05Z"))
        #expect(result.info?.bodies == "none")
        #expect(result.losses[.otherLines] == 2)
        #expect(result.losses[.onlyRequestLine] == 1 && result.losses[.onlyStatus] == 1)
    }

    @Test func coloursAndOtherSpansAreSeenThrough() throws {
        let coloured =
            "\u{1B}[2m2026-01-02T03:04:05.000000Z\u{1B}[0m \u{1B}[32m INFO\u{1B}[0m "
            + "\u{1B}[1mrequest\u{1B}[0m\u{1B}[1m{\u{1B}[0m\u{1B}[3mrequest_id\u{1B}[0m"
            + "\u{1B}[2m=\u{1B}[0mz \u{1B}[3mmethod\u{1B}[0m\u{1B}[2m=\u{1B}[0mPUT "
            + "\u{1B}[3mpath\u{1B}[0m\u{1B}[2m=\u{1B}[0m\"/b\" "
            + "\u{1B}[3mremote_addr\u{1B}[0m\u{1B}[2m=\u{1B}[0m[::1]:9\u{1B}[1m}\u{1B}[0m"
            + "\u{1B}[2m:\u{1B}[0m \u{1B}[2m\(Self.module)\u{1B}[0m\u{1B}[2m:\u{1B}[0m "
            + "Request completed \u{1B}[3mstatus\u{1B}[0m\u{1B}[2m=\u{1B}[0m200 duration_ms=3\n"
        let nested = line(
            "06.000000",
            "b",
            "Request completed status=201 duration_ms=1",
            span: "request{request_id=other method=X path=/x remote_addr=h:1}:"
        )
        let result = try read(coloured + nested)
        #expect(result.exchanges.map { $0.response?.status } == [200, 201])
        // Without its start, a request began as long before its end as it took.
        #expect(result.exchanges.map(\.request.firstByteTime) == [0, 1_002_000_000])
        let clients = result.records.compactMap {
            if case .opened(let opening) = $0 { opening.client } else { nil }
        }
        #expect(clients == ["[::1]:9", "10.0.0.7:4242"])
        #expect(result.exchanges[0].request.head.starts(with: Array("PUT /b HTTP/1.1\r\n".utf8)))
    }

    @Test func failureIsAConnectionClosedWithoutResponse() throws {
        let failed = line(
            "05.000001",
            "a",
            #"Request failed error="no fuel" category=execution duration_ms=1"#,
            level: "ERROR"
        )
        let result = try read(
            line("05.000000", "a", "Request started") + failed
                + line("05.000002", "b", "Request started", path: "/health")
                + line("05.000003", "b", "Health check duration_ms=0", path: "/health")
                + line("05.000004", "c", "Request started")
        )
        #expect(
            result.exchanges.map(\.end) == [.closedWithoutResponse, .gap, .cutByRecordingEnd]
        )
        #expect(result.exchanges.allSatisfy { $0.response == nil })
        #expect(result.losses[.statusMissing] == 2)
    }

    @Test func requestsOfOneAddressShareAConnection() throws {
        let text = (0..<3).map { number in
            line("0\(number).000000", "r\(number)", "Request completed status=200 duration_ms=1")
        }
        let result = try read(text.joined())
        #expect(result.exchanges.map(\.connection) == [0, 0, 0])
        #expect(result.exchanges.map(\.sequence) == [0, 1, 2])
        #expect(
            result.records.last
                == .closed(ConnectionClosing(connection: 0, time: 2_001_000_000, by: .recordingEnd))
        )
    }

    @Test func piecesAndCutsOfTheInputAreNoFault() throws {
        let text = Array(
            (line("05.000000", "a", "Request started")
                + line("05.002500", "a", "Request completed status=200 duration_ms=2")).utf8
        )
        let whole = try imported([text[...]], by: MikLogImporter(writer: "test"))
        for cut in EveryCut(of: text) {
            #expect(try imported(cut.pieces, by: MikLogImporter(writer: "test")) == whole, "\(cut)")
        }
        for count in text.indices {
            let cut = try imported([text[..<count]], by: MikLogImporter(writer: "test"))
            #expect(cut.exchanges.count <= 1)
        }
    }
}
