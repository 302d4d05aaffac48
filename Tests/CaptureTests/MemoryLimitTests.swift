@testable import Capture
import Testing
import TraceFormat

/// What all connections hold together stays below one limit.
@Suite struct MemoryLimitTests {
    private func limits(_ byteCount: Int) -> ConnectionTracker.Limits {
        var limits = ConnectionTracker.Limits()
        limits.memoryByteCount = byteCount
        return limits
    }

    /// A request whose body is not whole, of so many bytes.
    private func upload(_ path: String, _ byteCount: Int) -> String {
        "PUT \(path) HTTP/1.1\r\nContent-Length: 9000\r\n\r\n"
            + String(repeating: "x", count: byteCount)
    }

    @Test func connectionsThatHoldTheMostAreGivenUpAndCounted() {
        var packets: [TestPacket] = []
        for port in 0..<UInt16(8) {
            var writer = PacketWriter(clientPort: 40_000 + port)
            writer.handshake()
            writer.send(upload("/\(port)", port == 2 ? 6000 : 500), from: .client)
            packets += writer.packets
        }
        // Each connection is charged 1024 bytes, and what it keeps.
        let whole = record(packets, limits: limits(8 * 1024 + 6000 + 7 * 500))
        #expect(whole.ledger["oddities", "connections_over_memory"] == 0)
        let recording = record(packets, limits: limits(8 * 1024 + 6000 + 7 * 500 - 1))
        #expect(recording.ledger["oddities", "connections_over_memory"] == 1)
        #expect(
            recording.exchanges.first?.story == "PUT /2 HTTP/1.1 → nothing: cut-by-recording-end"
        )
        #expect(recording.exchanges.count == 8)
        #expect(record(packets, limits: limits(8 * 1024 + 6000 + 7 * 500 - 1)) == recording)
    }

    @Test func connectionThatWasGivenUpGoesOnWithItsNextRequest() {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(upload("/large", 5000), from: .client)
        writer.send(String(repeating: "y", count: 4000), from: .client)
        writer.send(response("late"), from: .server)
        writer.send(get("/next"), from: .client)
        writer.send(response("x"), from: .server)
        writer.close()
        let recording = record(writer.packets, limits: limits(5000))
        #expect(
            recording.exchanges.map(\.story) == [
                "PUT /large HTTP/1.1 → nothing: cut-by-recording-end",
                "GET /next HTTP/1.1 → 200: complete",
            ]
        )
        #expect(recording.ledger["bytes", "resynchronizing"] == 4000)
        #expect(recording.ledger["connections", "recorded"] == 2)
    }

    @Test func whatIsOverIsNoLongerHeld() {
        var packets: [TestPacket] = []
        for port in 0..<UInt16(300) {
            var writer = PacketWriter(clientPort: 40_000 + port)
            writer.handshake()
            let body = String(repeating: "x", count: 9000)
            writer.send(upload("/\(port)", 0) + body, from: .client)
            writer.send(response(body), from: .server)
            if port % 3 == 0 { writer.send(from: .client, rst: true) } else { writer.close() }
            if port % 2 == 0 {
                // The response comes first, so that it has to wait.
                var reordered = writer.packets
                reordered.swapAt(3, 4)
                packets += reordered
            } else {
                packets += writer.packets
            }
        }
        let recording = record(packets, limits: limits(30_000))
        #expect(recording.ledger["oddities", "connections_over_memory"] == 0)
        #expect(recording.exchanges.count { $0.end == .complete } == 300)
    }
}
