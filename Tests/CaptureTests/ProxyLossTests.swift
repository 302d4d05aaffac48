@testable import Capture
import NIOCore
import Testing
import TraceFormat

/// The traffic goes on whatever happens to the recording, and losses are counted.
@Suite(.timeLimit(.minutes(5))) struct ProxyLossTests {
    private static let piece = [UInt8](repeating: 0x61, count: 64 << 10)

    /// Sends a request with a body of so many pieces through the proxy, and its answer back.
    private func upload(
        _ pieceCount: Int,
        _ client: ProxyPeer,
        _ server: ProxyPeer
    ) async throws {
        let head = "PUT / HTTP/1.1\r\nContent-Length: \(pieceCount * Self.piece.count)\r\n\r\n"
        try await client.send(head)
        #expect(await server.receive(head.utf8.count) == Array(head.utf8))
        for _ in 0..<pieceCount {
            try await client.send(Self.piece)
            #expect(await server.receive(Self.piece.count) == Self.piece)
        }
        try await server.send(response("ok"))
        #expect(await client.receive(response("ok").utf8.count) == Array(response("ok").utf8))
    }

    private func finish(_ client: ProxyPeer, _ server: ProxyPeer) async throws {
        try await client.endOutput()
        #expect(await server.receiveToEnd() == ([], .finished))
        try await server.endOutput()
        #expect(await client.receiveToEnd() == ([], .finished))
    }

    @Test func aDiskThatHangsCostsTheRecordingAndNotTheTraffic() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(
            upstreamPort: origin.port,
            waitingByteCountLimit: 4 << 20
        )
        let client = try await session.connect()
        let server = try await origin.accept()
        session.disk.hang()
        // More than a block of the trace, so that the recorder hangs from then on.
        try await upload(8, client, server)
        // More than may wait for it.
        try await upload(128, client, server)
        let late = try await session.connect()
        try await finish(late, origin.accept())
        session.disk.goOn()
        try await finish(client, server)

        let recording = try await session.stop()
        #expect(recording.ledger["bytes", "lost"] > 0)
        #expect(recording.ledger["connections", "lost"] == 1)
        #expect(recording.exchanges.map(\.end) == [.complete, .gap])
        try await origin.stop()
    }

    @Test func aFullDiskEndsTheRecordingAndNotTheTraffic() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        session.disk.fillUp()
        let client = try await session.connect()
        let server = try await origin.accept()
        // More than a block of the trace, so that it has to be written.
        for _ in 0..<4 { try await upload(8, client, server) }
        try await finish(client, server)

        let recording = try await session.stop()
        #expect(session.failures.all.map(\.category) == [.cannotWrite])
        #expect(recording.records.isEmpty)
        try await origin.stop()
    }

    @Test func whatWasFlushedIsThereEvenIfTheRecordingNeverEnds() throws {
        let disk = ProxyDisk()
        var recorder = ExchangeRecorder(try disk.output(), bodies: .all)
        func happen(_ kind: ProxyEvent.Kind, at time: Int64) {
            recorder.handle(ProxyEvent(connection: 0, time: time, kind: kind))
        }
        happen(.opened(client: "a:1", server: "b:2"), at: 0)
        for time in [10, 20] as [Int64] {
            happen(.bytes(ByteBuffer(string: get("/\(time)")), from: .client), at: time)
            happen(.bytes(ByteBuffer(string: response("x")), from: .server), at: time + 5)
        }
        recorder.flush(at: 25)
        happen(.bytes(ByteBuffer(string: get("/30")), from: .client), at: 30)
        let recording = Recording(records: try disk.records(), ledger: Ledger())
        #expect(recording.openings.map(\.client) == ["a:1"])
        #expect(recording.exchanges.map(\.request.firstByteTime) == [10, 20])
        #expect(recording.exchanges.map { $0.response?.message.lastByteTime } == [15, 25])
    }

    @Test func anAddressInUseIsToldBeforeATraceIsMade() async throws {
        let origin = try await ProxyOrigin.start()
        let configuration = ProxyConfiguration(
            listenPort: origin.port,
            upstreamHost: "127.0.0.1",
            upstreamPort: 1
        )
        let error = await #expect(throws: CaptureError.self) {
            try await LoggingProxy.start(configuration, writer: "test", wallClock: { 0 }) {
                info,
                _ throws(TraceError) in
                Issue.record("a trace was made for \(info.source)")
                return try ProxyDisk().makeTrace(info)
            }
        }
        #expect(
            error
                == .cannotListen(
                    address: "127.0.0.1:\(origin.port)",
                    reason: "the address is already in use"
                )
        )
        try await origin.stop()
    }

    @Test func aTraceThatCannotBeMadeKeepsTheProxyFromStarting() async throws {
        let configuration = ProxyConfiguration(upstreamHost: "127.0.0.1", upstreamPort: 1)
        await #expect(throws: CaptureError.output(.alreadyExists(file: "day.mtr"))) {
            try await LoggingProxy.start(configuration, writer: "test", wallClock: { 0 }) {
                _,
                _ throws(TraceError) in throw .alreadyExists(file: "day.mtr")
            }
        }
    }
}
