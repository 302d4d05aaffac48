import Capture
import NIOCore
import SeededRandom
import Testing
import TraceFormat

/// What goes through the proxy comes out as it was.
@Suite(.timeLimit(.minutes(5))) struct ProxyForwardingTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func randomBytesPassUnchangedInBothDirections(seed: UInt64) async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        var random = SplitMix64(seed: seed)
        var (sent, answered): ([UInt8], [UInt8]) = ([], [])
        for _ in 0..<40 {
            let piece = (0..<Int.random(in: 1...3000, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                try await client.send(piece)
                sent += piece
            } else {
                try await server.send(piece)
                answered += piece
            }
        }
        try await client.endOutput()
        #expect(await server.receiveToEnd() == (sent, .finished))
        try await server.endOutput()
        #expect(await client.receiveToEnd() == (answered, .finished))

        let recording = try await session.stop()
        #expect(recording.ledger["sources", "from_clients"] == UInt64(sent.count))
        #expect(recording.ledger["sources", "from_servers"] == UInt64(answered.count))
        #expect(recording.ledger["bytes", "in_messages"] == 0)
        #expect(recording.ledger["connections", "without_exchange"] == 1)
        #expect(recording.records.isEmpty)
        try await origin.stop()
    }

    @Test func anEndThatReadsLateGetsEverything() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        let body = [UInt8](repeating: 0x61, count: 24 << 20)
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        try await client.pauseReading()
        try await client.send(get("/big"))
        #expect(await server.receive(get("/big").utf8.count) == Array(get("/big").utf8))
        let isSent = server.beginSending(head + body)
        // More than the sockets on the way hold, so that the proxy has to stop reading.
        try await client.endOutput()
        #expect(await server.receiveToEnd() == ([], .finished))
        try await client.resumeReading()
        #expect(await client.receive(head.count + body.count) == head + body)
        try await isSent.get()
        try await server.endOutput()
        #expect(await client.receiveToEnd() == ([], .finished))

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["GET /big HTTP/1.1 → 200: complete"])
        #expect(recording.exchanges.first?.response?.message.body.bytes == body)
        #expect(recording.closings.map(\.by) == [.client])
        try await origin.stop()
    }

    @Test func aServerCanFinishFirst() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        try await server.send("goodbye")
        try await server.endOutput()
        #expect(await client.receiveToEnd() == (Array("goodbye".utf8), .finished))
        try await client.send("a last word")
        try await client.endOutput()
        #expect(await server.receiveToEnd() == (Array("a last word".utf8), .finished))
        _ = try await session.stop()
        try await origin.stop()
    }

    @Test func aClientsResetReachesTheServer() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        try await client.send(get("/slow"))
        #expect(await server.receive(get("/slow").utf8.count) == Array(get("/slow").utf8))
        try await client.reset()
        #expect(await server.receiveToEnd() == ([], .reset))

        let recording = try await session.stop()
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /slow HTTP/1.1 → nothing: abandoned-by-client"
            ]
        )
        #expect(recording.closings.map(\.by) == [.clientReset])
        try await origin.stop()
    }

    @Test func aServersResetReachesTheClientBehindTheResponse() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        try await client.send(get("/a") + get("/trap"))
        #expect(await server.receive(10).count == 10)
        try await server.send(response("fine"))
        #expect(await client.receive(response("fine").utf8.count) == Array(response("fine").utf8))
        try await server.reset()
        #expect(await client.receiveToEnd() == ([], .reset))

        let recording = try await session.stop()
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /a HTTP/1.1 → 200: complete",
                "GET /trap HTTP/1.1 → nothing: reset-without-response",
            ]
        )
        #expect(recording.closings.map(\.by) == [.serverReset])
        try await origin.stop()
    }
}
