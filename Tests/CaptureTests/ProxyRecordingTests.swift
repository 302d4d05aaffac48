@testable import Capture
import NIOCore
import Testing
import TraceFormat

/// What the proxy records is what happened, and it says what it could not record.
@Suite(.timeLimit(.minutes(5))) struct ProxyRecordingTests {
    /// A server that answers each of the expected requests with the next of the answers.
    private func converse(
        _ client: ProxyPeer,
        _ server: ProxyPeer,
        _ turns: [(request: String, response: String)]
    ) async throws {
        for turn in turns {
            try await client.send(turn.request)
            #expect(await server.receive(turn.request.utf8.count) == Array(turn.request.utf8))
            try await server.send(turn.response)
            #expect(await client.receive(turn.response.utf8.count) == Array(turn.response.utf8))
        }
    }

    @Test func exchangesAreRecordedAsTheyWereSent() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        let turns: [(request: String, response: String)] = [
            (get("/a?b=%20C"), response("plain")),
            (
                "POST /run/pay HTTP/1.1\r\nhOST: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nTransfer-Encoding: chunked"
                    + "\r\n\r\n4\r\n1234\r\n0\r\n\r\n"
            ),
            ("HEAD /h HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
            (get("/p1") + get("/p2"), response("one") + response("two", status: 404)),
            (get("/last"), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end"),
        ]
        try await converse(client, server, turns)
        try await server.endOutput()
        #expect(await client.receiveToEnd() == ([], .finished))
        try await client.endOutput()
        #expect(await server.receiveToEnd() == ([], .finished))

        let recording = try await session.stop()
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /a?b=%20C HTTP/1.1 → 200: complete",
                "POST /run/pay HTTP/1.1 → 201: complete",
                "HEAD /h HTTP/1.1 → 200: complete",
                "GET /p1 HTTP/1.1 → 200: complete",
                "GET /p2 HTTP/1.1 → 404: complete",
                "GET /last HTTP/1.1 → 200: complete",
            ]
        )
        let pay = recording.exchanges[1]
        #expect(pay.request.body.bytes == Array("abcde".utf8))
        #expect(pay.request.trailers == Array("Trailer: t\r\n".utf8))
        #expect(pay.interim.count == 1)
        #expect(pay.response?.message.body.bytes == Array("1234".utf8))
        #expect(recording.exchanges[5].response?.message.body.bytes == Array("to the end".utf8))
        #expect(recording.openings.map(\.server) == ["127.0.0.1:\(origin.port)"])
        #expect(recording.closings.map(\.by) == [.server])
        #expect(recording.ledger["bytes", "in_messages"] == recording.ledger["bytes", "seen"])
        try expectTimesInOrder(recording)
        try await origin.stop()
    }

    private func expectTimesInOrder(_ recording: Recording) throws {
        var last = try #require(recording.openings.first?.time)
        #expect(last >= 0)
        for exchange in recording.exchanges {
            let response = try #require(exchange.response?.message)
            let times = [
                exchange.request.firstByteTime, exchange.request.lastByteTime,
                response.firstByteTime, response.lastByteTime,
            ]
            #expect(times == times.sorted())
            // Pipelined requests arrive together.
            #expect(exchange.request.firstByteTime >= last || exchange.sequence == 4)
            last = response.firstByteTime
        }
    }

    @Test func everyClientHasAConnectionOfItsOwn() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        for name in ["a", "b", "c"] {
            let client = try await session.connect()
            let server = try await origin.accept()
            try await converse(client, server, [(get("/\(name)"), response(name))])
        }
        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.connection) == [0, 1, 2])
        #expect(recording.closings.map(\.by) == [.recordingEnd, .recordingEnd, .recordingEnd])
        try await origin.stop()
    }

    @Test func anUnreachableUpstreamIsAnsweredAndRecorded() async throws {
        let origin = try await ProxyOrigin.start()
        try await origin.stop()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        try await client.send(get("/a"))
        let (bytes, end) = await client.receiveToEnd()
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(end == .finished)
        #expect(text.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"))
        #expect(text.contains("\r\nConnection: close\r\n"))
        #expect(
            text.hasSuffix(
                "\r\n\r\nmik-replay: the upstream 127.0.0.1:\(origin.port) can't be reached\n"
            )
        )
        try await client.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["GET /a HTTP/1.1 → 502: upstream-unreachable"])
        #expect(recording.ledger["sources", "from_proxy"] == UInt64(bytes.count))
        #expect(recording.ledger["oddities", "unreachable_upstreams"] == 1)
    }

    @Test func anOpenExchangeMayFinishWhileTheProxyStops() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        let request = get("/slow")
        try await client.send(String(request.prefix(10)))
        #expect(await server.receive(10).count == 10)
        async let stopped = session.stop()
        try await client.send(String(request.dropFirst(10)))
        #expect(await server.receive(request.utf8.count - 10).count == request.utf8.count - 10)
        try await server.send(response("late"))
        #expect(await client.receiveToEnd() == (Array(response("late").utf8), .finished))

        let recording = try await stopped
        #expect(recording.exchanges.map(\.story) == ["GET /slow HTTP/1.1 → 200: complete"])
        #expect(recording.closings.map(\.by) == [.recordingEnd])
        try await origin.stop()
    }

    @Test func anExchangeThatTakesTooLongIsCutByTheEndOfTheRecording() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        try await client.send(get("/slow"))
        #expect(await server.receive(10).count == 10)

        let recording = try await session.stop(drain: 1)
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /slow HTTP/1.1 → nothing: cut-by-recording-end"
            ]
        )
        #expect(await client.receiveToEnd().bytes == [])
        try await origin.stop()
    }
}
