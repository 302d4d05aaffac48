@testable import Capture
import Foundation
import NIOCore
import Redaction
import Testing
import TraceFormat

/// Secrets that pass a recorder do not get into its trace, unless that is wanted.
@Suite struct RecordRedactionTests {
    private func packets(sequence: UInt32 = 1000) -> [TestPacket] {
        var writer = PacketWriter()
        writer.next.client = sequence
        writer.handshake()
        writer.send("GET /login HTTP/1.1\r\nAuthorization: Basic SECRET12\r\n\r\n", from: .client)
        writer.send(
            "HTTP/1.1 200 OK\r\nSet-Cookie: sid=SECRET34\r\nContent-Length: 0\r\n\r\n",
            from: .server
        )
        writer.send("GET /cart HTTP/1.1\r\nCookie: sid=SECRET34\r\n\r\n", from: .client)
        writer.send(response("x"), from: .server)
        writer.close()
        return writer.packets
    }

    private func heads(_ trace: MemoryFile) throws -> [String] {
        try records(of: trace).records.exchanges.flatMap { exchange in
            [exchange.request.head, exchange.response?.message.head ?? []].map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    /// The cookie's value in each head that has it.
    private func cookies(_ heads: [String]) -> [Substring] {
        heads.compactMap { head in
            guard let start = head.range(of: "sid=")?.upperBound else { return nil }
            return head[start...].prefix { $0 != "\r\n" }
        }
    }

    @Test func aCaptureKeepsNoCredentialsButTheirLengthAndIdentity() throws {
        let (summary, trace) = try record(file: pcapFile(packets()))
        let heads = try heads(trace)
        #expect(heads.count == 4)
        #expect(!heads.joined().contains("SECRET"))
        #expect(heads[0].hasPrefix("GET /login HTTP/1.1\r\nAuthorization: Basic "))
        #expect(Set(cookies(heads)).count == 1 && cookies(heads).count == 2)
        #expect(cookies(heads)[0].count == 8)
        #expect(summary.ledger["redacted", "fields"] == 3)
        let statement = try records(of: trace).info.redaction
        #expect(statement.hasPrefix("fields authorization, proxy-authorization, cookie, "))
        #expect(statement.hasSuffix("key: from the packets"))
    }

    @Test func theSameCaptureHasTheSamePlaceholdersAndAnotherOneHasOthers() throws {
        let first = try record(file: pcapFile(packets())).trace
        #expect(try record(file: pcapFile(packets())).trace.bytes == first.bytes)
        let other = try record(file: pcapFile(packets(sequence: 2000))).trace
        #expect(try cookies(heads(other)) != cookies(heads(first)))
    }

    @Test func theSameKeyMakesTheSamePlaceholdersOfDifferentCaptures() throws {
        let key = try RedactionKey(secret: Array("sixteen bytes or more".utf8))
        let options = CaptureOptions(redaction: RecordingRedaction(key: key))
        let first = try record(file: pcapFile(packets()), options: options).trace
        let other = try record(file: pcapFile(packets(sequence: 2000)), options: options).trace
        #expect(try heads(first) == heads(other))
        #expect(try records(of: first).info.redaction.hasSuffix("key: given"))
    }

    @Test func everythingIsKeptWhenThatIsWanted() throws {
        let options = CaptureOptions(redaction: nil)
        let (summary, trace) = try record(file: pcapFile(packets()), options: options)
        let heads = try heads(trace)
        #expect(heads[0].contains("Basic SECRET12"))
        #expect(cookies(heads) == ["SECRET34", "SECRET34"])
        #expect(try records(of: trace).info.redaction == "")
        #expect(!summary.ledger.groups.contains { $0.name == "redacted" })
    }

    @Test func theProxyRedactsWithAKeyThatIsNewEachTime() throws {
        let heads = try (0..<2).map { _ in
            let disk = ProxyDisk()
            var recorder = ExchangeRecorder(try disk.output(), bodies: .all)
            func happen(_ kind: ProxyEvent.Kind) {
                recorder.handle(ProxyEvent(connection: 0, time: 0, kind: kind))
            }
            happen(.opened(client: "a:1", server: "b:2"))
            happen(
                .bytes(
                    ByteBuffer(string: "GET / HTTP/1.1\r\nCookie: sid=SECRET34\r\n\r\n"),
                    from: .client
                )
            )
            happen(.bytes(ByteBuffer(string: response("x")), from: .server))
            let ledger = recorder.finish(at: 1, traffic: ProxyTraffic()).ledger
            #expect(ledger["redacted", "fields"] == 1)
            return try disk.records().exchanges.map {
                String(decoding: $0.request.head, as: UTF8.self)
            }
        }
        #expect(cookies(heads[0]).count == 1)
        #expect(!heads.joined().contains { $0.contains("SECRET") })
        #expect(heads[0] != heads[1])
    }
}
