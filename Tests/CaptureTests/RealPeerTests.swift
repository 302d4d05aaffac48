@testable import Capture
import Foundation
import Testing
import TraceFormat

/// Captures of real clients and a real server: message for message what tshark finds.
@Suite(.timeLimit(.minutes(5)), .serialized, .enabled(if: RealServer.isThere, RealServer.needs))
struct RealPeerTests {
    private typealias Message = TsharkMessages.Message

    @Test func clientsOfHTTP1AreUnderstoodAsTsharkDoes() async throws {
        let server = try await RealServer()
        let base = "http://127.0.0.1:\(server.port)"
        try runCurl(server, base)
        let pause = try server.file("pause.lua", "function delay() return 5 end")
        try server.run("wrk", "-t1", "-c4", "-d1s", "-s", pause, "\(base)/echo/wrk?a=b")
        try server.run("ab", "-q", "-n", "60", "-c", "3", "\(base)/small.txt")
        try server.run("ab", "-q", "-k", "-n", "60", "-c", "3", "\(base)/echo/ab")
        try server.run("h2load", "--h1", "-n", "60", "-c", "3", "-t1", "\(base)/big.txt")
        let (ours, theirs, ledger) = try messages(of: server) { theirs in
            try theirs.http1(port: server.port)
        } of: { exchange, epoch in
            Self.messages(of: exchange, epoch)
        }
        #expect(ledger["missing", "bytes"] == 0, "tcpdump lost packets")
        // wrk leaves in the midst of its last requests, which only tshark calls whole or not.
        expectEqual(ours, theirs)
        #expect(ledger["exchanges", "complete"] > 200)
        #expect(ledger["exchanges", "malformed_request"] == 0)
    }

    @Test func streamsOfHTTP2AreUnderstoodAsTsharkDoes() async throws {
        let server = try await RealServer()
        let base = "http://127.0.0.1:\(server.http2Port)"
        let curl = ["curl", "--silent", "--http2-prior-knowledge", "--output", "/dev/null"]
        for request in [["\(base)/big.txt"], ["--data", "a=b", "\(base)/upload?c=d"]] {
            #expect(CaptureTools.output(of: curl + request) != nil)
        }
        try server.run("h2load", "-n", "200", "-c", "4", "-m", "8", "-t1", "\(base)/echo/many")
        try server.run("h2load", "-n", "12", "-c", "2", "-m", "4", "-t1", "\(base)/big.txt")
        let (ours, theirs, _) = try messages(of: server) { theirs in
            try theirs.http2(port: server.http2Port)
        } of: { exchange, epoch in
            exchange.request.isHTTP2 ? Self.messages(of: exchange, epoch) : []
        }
        expectEqual(ours, theirs)
        #expect(ours.count == 2 * (2 + 200 + 12))
        #expect(ours.contains { $0.bodyByteCount > 100_000 })
    }

    // MARK: - Clients

    private func runCurl(_ server: RealServer, _ base: String) throws {
        let upload = try server.file("upload", String(repeating: "0123456789", count: 30_000))
        let silent = ["--silent", "--output", "/dev/null"]
        let requests: [[String]] = [
            ["\(base)/small.txt"], ["\(base)/big.txt"], ["--compressed", "\(base)/big.txt"],
            ["--head", "\(base)/big.txt"], ["\(base)/nothing"], ["\(base)/not-there"],
            ["--data", "name=value", "\(base)/upload"],
            ["--upload-file", upload, "\(base)/upload"],
            ["--header", "Expect: 100-continue", "--data-binary", "@\(upload)", "\(base)/upload"],
            [
                "--header", "Transfer-Encoding: chunked", "--data-binary", "@\(upload)",
                "\(base)/upload",
            ],
            ["--request", "PROPFIND", "\(base)/echo/it"], ["--http1.0", "\(base)/big.txt"],
            ["--range", "10-19", "\(base)/big.txt"],
        ]
        // One connection for all of them, then one for each.
        let together = requests.map { silent + $0 }.joined(separator: ["--next"])
        #expect(CaptureTools.output(of: ["curl"] + together) != nil)
        for request in requests {
            #expect(CaptureTools.output(of: ["curl"] + silent + request) != nil)
        }
    }

    // MARK: - Messages

    /// What both found in the capture of a server.
    private func messages(
        of server: RealServer,
        theirs find: (TsharkMessages) throws -> [Message],
        of convert: (Exchange, _ epoch: Int64) -> [Message]
    ) throws -> (ours: [Message], theirs: [Message], ledger: Ledger) {
        let capture = try server.finishCapture()
        let file = try CaptureFile(capture)
        let theirs = try find(TsharkMessages(of: file.path))
        let ports = try PortSelection(parsing: "\(server.port),\(server.http2Port)")
        let (summary, trace) = try record(
            file: capture,
            options: CaptureOptions(ports: ports, bodies: .all)
        )
        let (info, records) = try records(of: trace)
        let ours = records.exchanges.flatMap { convert($0, info.epoch) }
        return (ours.sorted(), theirs.sorted(), summary.ledger)
    }

    private static func messages(of exchange: Exchange, _ epoch: Int64) -> [Message] {
        func message(_ message: RecordedMessage, _ start: String) -> Message {
            Message(
                stream: exchange.connection,
                firstTime: epoch + message.firstByteTime,
                lastTime: epoch + message.lastByteTime,
                start: start,
                bodyByteCount: Int(message.body.length)
            )
        }
        let words = String(decoding: exchange.request.head, as: UTF8.self).split(separator: " ")
        let request = message(exchange.request, words.prefix(2).joined(separator: " "))
        guard let response = exchange.response else { return [request] }
        return [request, message(response.message, "\(response.status)")]
    }

    /// Says where two lists differ first, as the whole of them would be too long to read.
    private func expectEqual(_ ours: [Message], _ theirs: [Message]) {
        #expect(ours.count == theirs.count)
        guard let pair = zip(ours, theirs).first(where: { $0 != $1 }) else { return }
        Issue.record("ours: \(pair.0)\ntheirs: \(pair.1)")
    }
}

extension RecordedMessage {
    fileprivate var isHTTP2: Bool { String(decoding: head, as: UTF8.self).contains(" HTTP/2") }
}
