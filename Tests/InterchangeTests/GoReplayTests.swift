import TestSupport
import Testing
import TraceFormat

@testable import Interchange

@Suite struct GoReplayTests {
    private static let separator = "\n🐵🙈🙉\n"
    private static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func payload(_ line: String, _ message: String) -> String {
        "\(line)\n\(message)\(Self.separator)"
    }

    private func read(_ text: String) throws(InterchangeError) -> Imported {
        try imported(text, by: GoReplayImporter(writer: "test"))
    }

    @Test func requestAndResponseOfOneIdentifierAreAnExchange() throws {
        let result = try read(
            payload("1 aa 1000 5", Self.get)
                + payload(
                    "1 bb 1001 1",
                    "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n0\r\nT: 1\r\n\r\n"
                )
                + payload("2 bb 1010 7", "HTTP/1.1 100 Continue\r\n\r\n" + Self.ok)
                + payload("2 aa 1020 3", Self.ok) + payload("3 aa 9999 3", Self.ok)
        )
        let (first, second) = (result.exchanges[0], result.exchanges[1])
        #expect(first.request.head == Array(Self.get.utf8))
        #expect(first.request.lastByteTime == 5)
        #expect(first.response?.message.firstByteTime == 20)
        #expect(first.response?.message.lastByteTime == 23)
        #expect(first.end == .complete && second.end == .complete)
        #expect(second.request.body.bytes == Array("abc".utf8))
        #expect(second.request.body.wireLength == 19)
        #expect(second.request.trailers == Array("T: 1\r\n".utf8))
        #expect(second.interim.count == 1)
        // The second began while the first was in progress, so it has a connection of its own.
        #expect(first.connection == 0 && second.connection == 1)
        #expect(result.losses[.replayedResponse] == 1)
        #expect(result.losses[.connectionUnknown] == 2)
    }

    @Test func responseOfAnOldFileHasTheTimeOfItsRequest() throws {
        let result = try read(payload("1 aa 1000", Self.get) + payload("2 aa 1000 30", Self.ok))
        let response = try #require(result.exchanges.first?.response?.message)
        #expect(response.firstByteTime == 30 && response.lastByteTime == 30)
    }

    @Test func requestsWithoutResponsesAreKept() throws {
        let requests = (0..<5).map { payload("1 id\($0) \(1000 + $0) 0", Self.get) }.joined()
        let importer = GoReplayImporter(writer: "test", countLimit: 2)
        let result = try imported([Array(requests.utf8)[...]], by: importer)
        #expect(result.exchanges.map(\.request.firstByteTime) == [0, 1, 2, 3, 4])
        #expect(result.exchanges.allSatisfy { $0.response == nil && $0.end == .cutByRecordingEnd })
    }

    @Test func whatIsNoWholeMessageIsCounted() throws {
        let result = try read(
            payload("1 aa 1 0", "no http") + payload("2 zz 1 0", Self.ok)
                + payload("1 bb 2 0", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab")
                + payload("2 bb 3 0", "garbage") + payload("1 cc 4 0", Self.get + "more")
        )
        #expect(result.losses[.notHTTP] == 2)
        #expect(result.losses[.requestMissing] == 1)
        #expect(result.losses[.bodyCut] == 1)
        #expect(result.losses[.bytesBehindMessage] == 1)
        #expect(result.exchanges.map(\.end) == [.malformedResponse, .cutByRecordingEnd])
        #expect(result.exchanges.first?.request.isComplete == false)
    }

    @Test func piecesOfTheInputDoNotMatter() throws {
        let text = payload("1 aa 1000 5", Self.get) + payload("2 aa 1020 3", Self.ok)
        let whole = try read(text)
        for cut in EveryCut(of: Array(text.utf8)) {
            let result = try imported(cut.pieces, by: GoReplayImporter(writer: "test"))
            #expect(result == whole, "\(cut)")
        }
    }

    @Test func inputThatIsCutIsNamedWithItsByte() {
        let first = payload("1 aa 1000 5", Self.get)
        let bytes = Array((first + payload("2 aa 1020 3", Self.ok)).utf8)
        for count in 1..<bytes.count where count != first.utf8.count {
            let start = count < first.utf8.count ? 0 : first.utf8.count
            let error = InterchangeError(
                .byte(start),
                "the payload that starts here is cut off: no separator follows"
            )
            #expect(throws: error, "\(count)") {
                try imported([bytes[..<count]], by: GoReplayImporter(writer: "test"))
            }
        }
    }

    @Test(arguments: ["", "1", "4 aa 7 0", "1 aa x 0", "1 aa 7 x", "1 aa 7 0 0", "11 aa 7"])
    func lineThatIsNoHeaderIsNamed(_ line: String) {
        let good = payload("1 aa 7 0", Self.get)
        do {
            Issue.record("accepted: \(try read(good + payload(line, Self.get)))")
        } catch {
            #expect(error.place == .byte(good.utf8.count))
        }
    }

    @Test func timesBeyondTheLimitAreRefused() throws {
        let far = payload("1 aa 7 0", Self.get) + payload("1 bb 4611686018427387904 0", Self.get)
        #expect(throws: InterchangeError.self) { try read(far) }
        let long = payload("1 aa 7 9223372036854775807", Self.get)
        #expect(throws: InterchangeError.self) { try read(long) }
        let never = payload("1 aa -9223372036854775808 0", Self.get)
        #expect(throws: InterchangeError.self) { try read(never) }
    }

    @Test func exportThenImportGivesWhatGoReplayCanCarry() throws {
        let exchanges = [
            plainExchange(0, at: 0),
            plainExchange(
                1,
                at: 9_000_000,
                requestHead: "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n",
                requestBody: Array("\n🐵".utf8.prefix(3))
            ),
            plainExchange(2, at: 19_000_000, responseHead: nil),
        ]
        let trace = try TestTrace(exchanges.map { .exchange($0) })
        let (bytes, losses) = try trace.exported { info, _ in GoReplayExporter(info: info) }
        let result = try imported([bytes[...]], by: GoReplayImporter(writer: "test"))
        var expected = exchanges
        expected[2].end = .cutByRecordingEnd
        #expect(result.exchanges == expected)
        #expect(losses.sentences == ["1 exchange was written as a request alone"])
        #expect(
            String(decoding: bytes, as: UTF8.self).hasPrefix(
                "1 000000000000000000000000 1790000000000000007 1000\nGET /run/cart?a=1 HTTP/1.1\r\n"
            )
        )
    }

    @Test func http2IsWrittenSoThatAnHTTP1ReaderFindsItsEnd() throws {
        let exchange = plainExchange(
            requestHead: "POST / HTTP/2\r\nhost: a\r\n\r\n",
            requestBody: Array("hi".utf8),
            responseHead: "HTTP/2 200\r\n\r\n"
        )
        let trace = try TestTrace([.exchange(exchange)])
        let (bytes, losses) = try trace.exported { info, _ in GoReplayExporter(info: info) }
        let result = try imported([bytes[...]], by: GoReplayImporter(writer: "test"))
        let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n"
        #expect(result.exchanges.first?.request.head == Array(head.utf8))
        #expect(result.exchanges.first?.end == .complete)
        #expect(losses[.http2] == 2)
    }
}
