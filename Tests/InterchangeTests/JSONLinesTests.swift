import Interchange
import TestSupport
import Testing
import TraceFormat

@Suite struct JSONLinesTests {
    private static let line = #"""
        {"connection":{"id":3,"client":"10.0.0.9:4242","server":"10.0.0.1:3000"},"sequence":0,\#
        "request":{"method":"POST","target":"/a?b=c","version":"HTTP/1.1",\#
        "headers":[["Host","x"],["X","\u00e9"]],"body_length":2,"body_base64":"aGk=","complete":true},\#
        "response":null,"interim":[],"times_ns":{"request_first":1000,"request_last":1001,\#
        "response_first":null,"response_last":null},"end":"closed-without-response"}
        """#

    private func read(_ text: String) throws(InterchangeError) -> Imported {
        try imported(text, by: JSONLinesImporter(writer: "test"))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func exportThenImportGivesTheVeryTrace(_ seed: UInt64) throws {
        var ledger = Ledger()
        ledger["packets", "seen"] = 7
        ledger["bytes", "b"] = 1
        ledger["bytes", "a"] = 2
        let sample = SampleRecords(seed: seed, connections: 5).records
        let trace = try TestTrace(sample, ledger: ledger)
        let (bytes, losses) = try trace.exported { JSONLinesExporter(info: $0, ledger: $1) }
        guard sample.contains(where: { if case .exchange = $0 { true } else { false } }) else {
            return #expect(losses[.connectionEvents] == UInt64(sample.count))
        }
        #expect(losses == LossReport())
        var importer = JSONLinesImporter(writer: "test")
        try importer.read(bytes)
        try importer.finish()
        #expect(importer.ledger == ledger)
        let again = try TestTrace(importer.takeRecords(), ledger: ledger)
        #expect(try again.hash() == trace.hash())
        #expect(importer.losses == LossReport())
        let info = try #require(importer.info)
        #expect(info.epoch == (try trace.info().epoch))
        #expect(info.source == "import" && info.notes["imported_source"] == "pcap")
        #expect(info.clock == "kernel" && info.redaction == "fields cookie")
        #expect(info.notes["zone"] == "b" && info.notes["answer"] == "42")
    }

    @Test func everyLineIsOneExchangeInOrderOfRequestTime() throws {
        let late = plainExchange(0, connection: 0, at: 9_000_000)
        let early = plainExchange(0, connection: 1, at: 1_000_000)
        let trace = try TestTrace([.exchange(late), .exchange(early)])
        let text = String(
            decoding: try trace.exported { JSONLinesExporter(info: $0, ledger: $1) }.bytes,
            as: UTF8.self
        )
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains(#""connection":{"id":1,"#) == true)
        #expect(
            lines.last?.hasPrefix(
                #"{"record":0,"connection":{"id":0,"client":"","server":""},"sequence":0,"#
                    + #""request":{"method":"GET","target":"/run/cart?a=1","version":"HTTP/1.1","#
                    + #""headers":[["Host","shop.example"]],"body_length":0,"complete":true},"#
                    + #""response":{"status":200,"version":"HTTP/1.1","reason":"OK","#
                    + #""headers":[["Content-Length","2"]],"body_length":2,"body_base64":"b2s=","#
                    + #""complete":true},"interim":[],"times_ns":{"#
                    + #""request_first":1790000000009000007,"request_last":1790000000009001007,"#
                    + #""response_first":1790000000011000007,"response_last":1790000000011500008},"#
                    + #""end":"complete""#
            ) == true,
            "\(text)"
        )
    }

    @Test func handwrittenLineNeedsTheContractsMembersOnly() throws {
        let result = try read(Self.line)
        let exchange = try #require(result.exchanges.first)
        #expect(result.info?.epoch == 1000)
        #expect(
            exchange.request.head == Array("POST /a?b=c HTTP/1.1\r\nHost: x\r\nX: é\r\n\r\n".utf8)
        )
        #expect(exchange.request.body.bytes == Array("hi".utf8))
        #expect(exchange.request.lastByteTime == 1)
        #expect(exchange.end == .closedWithoutResponse && exchange.response == nil)
        let opening = ConnectionOpening(
            connection: 3,
            client: "10.0.0.9:4242",
            server: "10.0.0.1:3000",
            time: nil
        )
        #expect(result.records.first == .opened(opening))
        #expect(try read(Self.line + "\n\n" + Self.line + "\r\n").exchanges.count == 2)
    }

    @Test func piecesOfTheInputDoNotMatter() throws {
        let text = Self.line + "\n" + Self.line
        let whole = try read(text)
        for cut in EveryCut(of: Array(text.utf8)) {
            #expect(
                try imported(cut.pieces, by: JSONLinesImporter(writer: "test")) == whole,
                "\(cut)"
            )
        }
    }

    @Test func inputThatIsCutIsNamedWithItsLine() {
        let bytes = Array((Self.line + "\n" + Self.line).utf8)
        let lineLength = Self.line.utf8.count
        for count in 1..<bytes.count where count != lineLength && count != lineLength + 1 {
            let line = count <= lineLength ? 1 : 2
            let error = InterchangeError(
                .line(line),
                "it is not whole JSON, or a number in it is out of range"
            )
            #expect(throws: error, "\(count)") {
                try imported([bytes[..<count]], by: JSONLinesImporter(writer: "test"))
            }
        }
    }

    @Test(arguments: [
        (#""method":"POST","#, "", "request.method is missing"),
        (#""method":"POST""#, #""method":7"#, "request.method is not a text"),
        (
            #""method":"POST""#, #""method":"a b""#,
            "in the request, 'a b' can't stand in a start line"
        ),
        (#"["Host","x"]"#, #"["Host"]"#, "request.headers[0] is not a pair of name and value"),
        (#"["Host","x"]"#, "7", "request.headers[0] is not an array"),
        (#"["Host","x"]"#, #"["Host","x\r\ny: z"]"#, "the value of Host has control characters"),
        (#"["Host","x"]"#, #"["Ho st","x"]"#, "'Ho st' is no field name"),
        (#""aGk=""#, #""a""#, "request.body_base64 is not base64"),
        (
            #""body_length":2"#, #""body_length":3"#,
            "body_length is 3, but request.body_base64 has 2"
        ),
        (#""body_length":2"#, #""body_length":-1"#, "is out of range"),
        (#""body_base64":"aGk=","#, "", "neither body_base64 nor body_fingerprint"),
        (#""request_first":1000"#, #""request_first":-9000000000000000000"#, "1824 and 2116"),
        (#""request_last":1001"#, #""request_last":4000000000000000000"#, "73 years"),
        (#""sequence":0"#, #""sequence":null"#, "sequence is null"),
        (#""end":"closed-without-response""#, #""end":"soon""#, "'soon' is not known as end"),
        (#""complete":true"#, #""complete":1"#, "request.complete is not true or false"),
    ])
    func wrongMemberIsNamed(_ part: String, _ replacement: String, _ complaint: String) throws {
        let broken = Self.line.replacing(part, with: replacement)
        try #require(broken != Self.line)
        // The first line sets the epoch, so some members are wrong only there, others only behind.
        let complaints = [broken, Self.line + "\n" + broken].map { text in
            do {
                return "line accepted: \(try read(text))"
            } catch {
                return "\(error)"
            }
        }
        #expect(complaints.contains { $0.contains(complaint) }, "\(complaints)")
    }

    @Test func recordsGoBackToTheirPlacesInTheFile() throws {
        // The first request was answered last, so its record stands behind the others.
        let slow = plainExchange(0, connection: 0, at: 0)
        let quick = (0..<3).map { plainExchange($0, connection: 1, at: Int64($0 + 1) * 1000) }
        let trace = try TestTrace(quick.map { .exchange($0) } + [.exchange(slow)])
        let bytes = try trace.exported { JSONLinesExporter(info: $0, ledger: $1) }.bytes
        let result = try imported([bytes[...]], by: JSONLinesImporter(writer: "test"))
        #expect(result.exchanges == quick + [slow])
    }
}
