@testable import Capture
import Foundation
import Testing
import TraceFormat

/// What a live recording decides, and what it records of real traffic on the loopback device.
@Suite(.timeLimit(.minutes(5))) struct LiveSessionTests {
    @Test(arguments: [
        ("3000", "tcp portrange 3000-3000"),
        ("80,8000-8100", "tcp portrange 80-80 or tcp portrange 8000-8100"),
        ("any", "tcp"),
    ])
    func theKernelFiltersByPort(_ ports: String, _ filter: String) throws {
        let options = CaptureOptions(ports: try PortSelection(parsing: ports))
        let rest = " or ip[6:2] & 0x1fff != 0 or ip6[6] == 44"
        #expect(options.kernelFilter(hasVLANTags: false) == filter + rest)
        #expect(
            options.kernelFilter(hasVLANTags: true)
                == "\(filter)\(rest) or (vlan and (\(filter)\(rest)))"
        )
        // libpcap takes it for Ethernet, raw IP and Linux's cooked headers.
        for (linkType, hasVLANTags) in [(1, true), (101, false), (113, false), (276, false)] {
            let text = options.kernelFilter(hasVLANTags: hasVLANTags)
            _ = try PcapHandle(compilingFor: Int32(linkType)).compile(text)
        }
    }

    @Test func aFilterOfTheUsersTakesThePlaceOfThePorts() {
        let options = CaptureOptions(filter: "udp port 4789")
        #expect(options.kernelFilter(hasVLANTags: true) == "udp port 4789")
    }

    @Test func theFirstLimitThatIsReachedEnds() {
        func reached(_ limits: LiveLimits) -> Bool {
            limits.areReached(duration: 10, byteCount: 20, exchangeCount: 30)
        }
        #expect(!reached(LiveLimits()))
        #expect(!reached(LiveLimits(duration: 11, byteCount: 21, exchangeCount: 31)))
        #expect(reached(LiveLimits(duration: 10, byteCount: 21, exchangeCount: 31)))
        #expect(reached(LiveLimits(duration: 11, byteCount: 20, exchangeCount: 31)))
        #expect(reached(LiveLimits(duration: 11, byteCount: 21, exchangeCount: 30)))
    }

    @Test func quietConnectionsAreGivenUpThoughNoPacketComes() {
        var recorder = PacketRecorder(CaptureOptions(), epoch: 1_700_000_000_000_000_000)
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        for packet in writer.packets {
            let header = PacketHeader(
                time: packet.time,
                wireByteCount: packet.bytes.count,
                linkType: 101,
                link: .rawIP
            )
            recorder.receive(packet.bytes.span, header)
        }
        recorder.passTime(to: 1_700_000_000_000_000_000 + 60_000_000_000)
        #expect(recorder.takeRecords().isEmpty)
        recorder.passTime(to: 1_700_000_000_000_000_000 + 3_700_000_000_000)
        #expect(recorder.takeRecords().count == 3)
        #expect(recorder.counters.expiredConnections == 1)
    }

    @Test(.enabled(if: CaptureTools.canCapture, "needs the right to capture on lo"))
    func realTrafficIsRecordedUntilTheLimit() async throws {
        let paths = (0..<20).map { "/live/\($0)" }
        let origin = try await ProxyOrigin.start()
        let disk = ProxyDisk()
        let options = LiveOptions(
            interface: "lo",
            capture: CaptureOptions(
                ports: try PortSelection(parsing: "\(origin.port)"),
                bodies: .all
            ),
            limits: LiveLimits(exchangeCount: UInt64(paths.count))
        )
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        async let recorded = Self.record(options, on: disk) { begin.finish() }
        for await _ in started {}
        let client = try await ProxyPeer.connect(to: origin.port)
        let server = try await origin.accept()
        for path in paths {
            try await client.send(get(path))
            _ = await server.receive(get(path).utf8.count)
            try await server.send(response(path))
            _ = await client.receive(response(path).utf8.count)
        }
        let summary = try await recorded
        let recording = Recording(records: try disk.records(), ledger: summary.ledger)
        #expect(
            recording.exchanges.map(\.story)
                == paths.map { "GET \($0) HTTP/1.1 → 200: complete" }
        )
        #expect(
            recording.exchanges.map { $0.response?.message.body.bytes }
                == paths.map { Array($0.utf8) }
        )
        #expect(recording.openings.map(\.time).allSatisfy { $0 ?? -1 >= 0 })
        #expect(summary.ledger["packets", "seen"] == summary.ledger["packets", "used"])
        #expect(summary.ledger["missing", "dropped_packets"] == 0)
        expectBalanced(summary.ledger)
        #expect(summary.warnings == [])
        try await origin.stop()
    }

    @Test func anInterfaceThatIsNotThereIsSaidSoBeforeATraceIsMade() async throws {
        let error = await #expect(throws: CaptureError.self) {
            try await Self.record(LiveOptions(interface: "nowhere0"), on: ProxyDisk()) {
                Issue.record("a recording was started")
            }
        }
        #expect(error?.category == .unreachable)
    }

    private static func record(
        _ options: LiveOptions,
        on disk: ProxyDisk,
        onStart: @escaping @Sendable () -> Void
    ) async throws -> LiveSummary {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try LiveSession(options: options, writer: "test").record(
                            until: StopRequest(),
                            wallClock: { Int64(Date().timeIntervalSince1970 * 1e9) },
                            onStart: onStart
                        ) { info, _ throws(TraceError) in try disk.makeTrace(info) }
                    }
                )
            }
        }
    }
}
