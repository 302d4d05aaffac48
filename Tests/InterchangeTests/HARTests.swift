import SeededRandom
import TestSupport
import Testing
import TraceFormat

@testable import Interchange

@Suite struct HARTests {
    private static let entry = #"""
        {"startedDateTime":"2026-01-02T03:04:05.678+01:00","time":12.5,"request":{"method":"POST",\#
        "url":"https://shop.example/a?b=c#d","httpVersion":"h2","headers":[\#
        {"name":":authority","value":"shop.example"},{"name":"x","value":"]}\"{["}],\#
        "queryString":[],"cookies":[],"headersSize":-1,"bodySize":2,\#
        "postData":{"mimeType":"text/plain","text":"hi"}},\#
        "response":{"status":200,"statusText":"","httpVersion":"h2","headers":[],"cookies":[],\#
        "content":{"size":3,"mimeType":"text/plain","text":"eWVz","encoding":"base64"},\#
        "redirectURL":"","headersSize":-1,"bodySize":3},"cache":{},\#
        "timings":{"blocked":1.5,"dns":-1,"connect":1,"send":0.25,"wait":9,"receive":0.75}}
        """#
    private static let document =
        #"{"log":{"version":"1.2","creator":{"name":"b","entries":[7,{}]},"pages":[{"log":{}}],"#
        + #""entries":["# + entry + "," + entry + #"],"comment":"]"},"entries":[]}"#

    private func read(_ text: String) throws(InterchangeError) -> Imported {
        try imported(text, by: HARImporter(writer: "test"))
    }

    @Test func browsersEntryBecomesAnExchange() throws {
        let result = try read(Self.document)
        #expect(result.exchanges.count == 2)
        let exchange = try #require(result.exchanges.first)
        let head = "POST /a?b=c HTTP/2\r\nhost: shop.example\r\nx: ]}\"{[\r\n\r\n"
        #expect(exchange.request.head == Array(head.utf8))
        #expect(exchange.request.body.bytes == Array("hi".utf8))
        #expect(exchange.response?.message.head == Array("HTTP/2 200\r\n\r\n".utf8))
        #expect(exchange.response?.message.body.bytes == Array("yes".utf8))
        #expect(exchange.end == .complete)
        let start = UnixTime.nanoseconds("2026-01-02T02:04:05.678Z")
        #expect(result.info?.epoch == start.map { $0 + 2_500_000 })
        #expect(exchange.request.firstByteTime == 0)
        #expect(exchange.request.lastByteTime == 250_000)
        #expect(exchange.response?.message.firstByteTime == 9_250_000)
        #expect(exchange.response?.message.lastByteTime == 10_000_000)
        #expect(
            result.records.first
                == .opened(
                    ConnectionOpening(
                        connection: 0,
                        client: "",
                        server: "shop.example:443",
                        time: nil
                    )
                )
        )
        #expect(result.losses[.connectionUnknown] == 2)
    }

    @Test func piecesOfTheInputDoNotMatter() throws {
        let whole = try read(Self.document)
        for cut in EveryCut(of: Array(Self.document.utf8)) {
            #expect(try imported(cut.pieces, by: HARImporter(writer: "test")) == whole, "\(cut)")
        }
        #expect(try read("\u{FEFF}" + Self.document) == whole)
    }

    @Test func inputThatIsCutIsRefused() {
        let bytes = Array(Self.document.utf8)
        for count in bytes.indices {
            #expect(throws: InterchangeError.self, "\(count)") {
                try imported([bytes[..<count]], by: HARImporter(writer: "test"))
            }
        }
    }

    @Test(arguments: [
        ("{}", "byte 0: the list log.entries is missing"),
        (#"{"log":{"entries":{}}}"#, "byte 0: the list log.entries is missing"),
        ("[]", "byte 0: a JSON object is expected here"),
        (
            #"{"log":{"entries":[7]}}"#,
            "byte 19: an object is expected here, as an entry of the list"
        ),
        (
            #"{"log":{"entries":[{}]}}"#,
            "entry 0, which starts at byte 19: startedDateTime is missing"
        ),
        (#"{"log":{"entries":[,{}]}}"#, "a comma stands where an entry is expected"),
        (#"{"log":{"entries":[{}{}]}}"#, "byte 21: an object is expected here"),
        (#"{"log":{"entries":[}"#, "a bracket closes what is not open"),
        (#"{"log":{"entries":[]}} {"#, "a JSON object is expected here"),
        (String(repeating: #"{"a":"#, count: 600), "the JSON is nested too deep"),
    ])
    func documentOfAnotherShapeIsRefused(_ text: String, _ complaint: String) {
        do {
            Issue.record("accepted: \(try read(text))")
        } catch {
            #expect("\(error)".contains(complaint), "\(error)")
        }
    }

    @Test(arguments: [
        (#""url":"https://shop.example/a?b=c#d""#, #""url":"/a""#, "'/a' has no scheme and host"),
        ("2026-01-02T03:04:05.678+01:00", "yesterday", "'yesterday' is no date and time"),
        ("2026-01-02T03", "1726-01-02T03", "between the years 1824 and 2116"),
        (#""method":"POST""#, #""method":"PO ST""#, "in the request, 'PO ST' can't stand"),
        (#""name":"x""#, #""name":"x\n""#, "is no field name"),
        (#""text":"eWVz""#, #""text":"e""#, "a body is not base64"),
        (#""wait":9"#, #""wait":1e300"#, "its timings are beyond any time"),
        (#""wait":9"#, #""wait":4e12"#, "more than 73 years from the first one"),
        (#""status":200"#, #""status":-1"#, "out of range"),
        (#""status":200"#, #""status":"200""#, "response.status is not a whole number"),
    ])
    func wrongMemberIsNamed(_ part: String, _ replacement: String, _ complaint: String) throws {
        let text = Self.document.replacing(part, with: replacement)
        try #require(text != Self.document)
        do {
            Issue.record("accepted: \(try read(text))")
        } catch {
            #expect("\(error)".contains(complaint) && "\(error)".hasPrefix("entry 0"), "\(error)")
        }
    }

    @Test func decodedBodyIsNotTakenForTheOneOnTheWire() throws {
        let coded = Self.document.replacing(
            #""httpVersion":"h2","headers":[],"#,
            with: #""httpVersion":"h2","headers":[{"name":"Content-Encoding","value":"br"}],"#
        )
        let result = try read(coded)
        let response = try #require(result.exchanges.first?.response?.message)
        #expect(!response.isComplete && response.body.bytes == [])
        #expect(result.exchanges.first?.end == .gap)
        #expect(result.losses[.bodyDecoded] == 2)
    }

    @Test func exportThenImportGivesWhatHARCanCarry() throws {
        let exchanges = [
            plainExchange(0, connection: 0, at: 5),
            plainExchange(
                1,
                connection: 0,
                at: 9_000_000,
                requestHead: "POST /b HTTP/1.0\r\nHost: a\r\nCookie: k=v; l=w\r\n\r\n",
                requestBody: [0xFF, 0x00]
            ),
            plainExchange(0, connection: 1, at: 10_000_000, responseHead: nil),
            plainExchange(0, connection: 2, at: 20_000_000, responseBody: nil),
            plainExchange(
                1,
                connection: 2,
                at: 30_000_000,
                requestHead: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
            ),
        ]
        let openings = (0..<3).map { connection in
            TraceRecord.opened(
                ConnectionOpening(
                    connection: connection,
                    client: "10.0.0.9:\(connection)",
                    server: "[::1]:3000",
                    time: nil
                )
            )
        }
        let trace = try TestTrace(openings + exchanges.map { .exchange($0) })
        let (bytes, losses) = try trace.exported { info, _ in HARExporter(info: info, version: "1")
        }
        let result = try imported([bytes[...]], by: HARImporter(writer: "test"))
        let epoch = try trace.info().epoch
        let shift = try #require(result.info?.epoch) - epoch
        #expect(shift == 5)
        #expect(result.exchanges == exchanges.map { $0.moved(by: -shift) })
        #expect(losses[.responseWrittenAsStatusZero] == 1)
        #expect(losses[.responseBodyNotRecorded] == 1)
        #expect(losses[.connectionEvents] == 3)
        #expect(
            losses.sentences.contains(
                "1 exchange was written with status 0 for want of a response"
            )
        )
    }

    @Test func everythingATraceHoldsMakesAnArchiveThatCanBeReadAgain() throws {
        for seed in 0..<20 as Range<UInt64> {
            let records = SampleRecords(seed: seed, connections: 4).records
            let count = records.count { if case .exchange = $0 { true } else { false } }
            let trace = try TestTrace(records)
            let bytes = try trace.exported { info, _ in HARExporter(info: info, version: "1") }
                .bytes
            do {
                let result = try imported([bytes[...]], by: HARImporter(writer: "test"))
                #expect(result.exchanges.count == count)
            } catch {
                // A head that breaks the rules of its fields can't be made of parts.
                #expect("\(error)".contains("in the re"), "\(error)")
            }
        }
    }
}

extension Exchange {
    /// The same exchange at another time.
    func moved(by shift: Int64) -> Exchange {
        var exchange = self
        exchange.request.firstByteTime += shift
        exchange.request.lastByteTime += shift
        exchange.response?.message.firstByteTime += shift
        exchange.response?.message.lastByteTime += shift
        return exchange
    }
}
