@testable import Capture
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TraceFormat

/// Many clients at once, and clients and servers that are slow.
@Suite(.timeLimit(.minutes(5)), .serialized) struct ProxyCrowdTests {
    /// How many connections the limit of open files allows; each takes four descriptors here.
    private static func crowd(of wanted: Int) -> Int {
        var limits = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        limits.rlim_cur = limits.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return min(wanted, (Int(clamping: limits.rlim_cur) - 500) / 4)
    }

    @Test func twoThousandClientsKeepTheirConnectionsApart() async throws {
        let count = Self.crowd(of: 2000)
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) { $0.bodies = .none }
        var ends: [(client: ProxyPeer, server: ProxyPeer)] = []
        for _ in 0..<count {
            let client = try await session.connect()
            ends.append((client, try await origin.accept()))
        }
        // All are open before the first one asks for anything; they are answered backwards.
        for (index, end) in ends.enumerated() { try await end.client.send(get("/\(index)")) }
        for (index, end) in ends.enumerated().reversed() {
            let request = get("/\(index)")
            #expect(await end.server.receive(request.utf8.count) == Array(request.utf8))
            try await end.server.send(response("\(index)"))
        }
        for (index, end) in ends.enumerated() {
            let answer = response("\(index)")
            #expect(await end.client.receive(answer.utf8.count) == Array(answer.utf8))
            try await end.client.endOutput()
            try await end.server.endOutput()
        }

        let recording = try await session.stop()
        #expect(recording.openings.count == count)
        #expect(recording.closings.count == count)
        let byConnection = recording.exchanges.sorted { $0.connection < $1.connection }
        #expect(byConnection.map(\.connection) == Array(0..<UInt64(count)))
        #expect(
            byConnection.map(\.story) == (0..<count).map { "GET /\($0) HTTP/1.1 → 200: complete" }
        )
        try await origin.stop()
    }

    /// More than the sockets on the way hold.
    private static let piece = [UInt8](repeating: 0x61, count: 4 << 20)
    private static let pieceCount = 20

    /// Sends all pieces from one end while the other one does not read, then lets it.
    ///
    /// The kernel's buffers take some of them; what it does not take has to wait at the sender, and
    /// not in the proxy.
    private func hold(_ sender: ProxyPeer, _ receiver: ProxyPeer) async throws {
        try await receiver.pauseReading()
        let done = Tally()
        let sent = (0..<Self.pieceCount).map { _ in
            sender.beginSending(Self.piece).always { _ in done.add(1) }
        }
        var before = -1
        while done.count != before {
            before = done.count
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(done.count < Self.pieceCount, "the proxy takes what it can't pass on")
        try await receiver.resumeReading()
        let byteCount = Self.pieceCount * Self.piece.count
        #expect(await receiver.receive(byteCount).count == byteCount)
        for piece in sent { try await piece.get() }
    }

    @Test func aClientThatDoesNotReadHoldsUpTheServer() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) { $0.bodies = .none }
        let client = try await session.connect()
        let server = try await origin.accept()
        try await client.send(get("/big"))
        #expect(await server.receive(get("/big").utf8.count).count == get("/big").utf8.count)
        let length = Self.pieceCount * Self.piece.count
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n"
        try await server.send(head)
        #expect(await client.receive(head.utf8.count) == Array(head.utf8))
        try await hold(server, client)
        try await client.endOutput()
        try await server.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["GET /big HTTP/1.1 → 200: complete"])
        #expect(recording.exchanges[0].response?.message.body.length == UInt64(length))
        try await origin.stop()
    }

    @Test func aServerThatDoesNotReadHoldsUpTheClient() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) { $0.bodies = .none }
        let client = try await session.connect()
        let server = try await origin.accept()
        let length = Self.pieceCount * Self.piece.count
        let head = "PUT /big HTTP/1.1\r\nContent-Length: \(length)\r\n\r\n"
        try await client.send(head)
        #expect(await server.receive(head.utf8.count) == Array(head.utf8))
        try await hold(client, server)
        try await server.send(response("taken"))
        #expect(await client.receive(response("taken").utf8.count).isEmpty == false)
        try await client.endOutput()
        try await server.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["PUT /big HTTP/1.1 → 200: complete"])
        #expect(recording.exchanges[0].request.body.length == UInt64(length))
        try await origin.stop()
    }

    @Test func anUploadIsPassedOnByteForByteAsItComes() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port)
        let client = try await session.connect()
        let server = try await origin.accept()
        let text = "PUT /slow HTTP/1.1\r\nContent-Length: 20\r\n\r\n" + "twenty bytes of body"
        for byte in text.utf8 {
            try await client.send([byte])
            // It is there before the next one is sent.
            #expect(await server.receive(1) == [byte])
        }
        try await server.send(response("taken"))
        #expect(await client.receive(response("taken").utf8.count).isEmpty == false)
        try await client.endOutput()
        #expect(await server.receiveToEnd() == ([], .finished))
        try await server.endOutput()

        let recording = try await session.stop()
        let exchange = try #require(recording.exchanges.first)
        #expect(exchange.story == "PUT /slow HTTP/1.1 → 200: complete")
        #expect(exchange.request.firstByteTime < exchange.request.lastByteTime)
        #expect(exchange.request.body.bytes == Array("twenty bytes of body".utf8))
        try await origin.stop()
    }
}

/// Counts on any thread, for what happens on event loops.
private final class Tally: Sendable {
    private let counter = Mutex(0)
    var count: Int { counter.withLock { $0 } }
    func add(_ number: Int) { counter.withLock { $0 += number } }
}
