import NIOHPACK
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@testable import Replayer

/// Replays that speak HTTP/2 with prior knowledge.
@Suite(.timeLimit(.minutes(5)))
struct HTTP2ReplayTests {
    private func configuration(_ origin: HTTP2Origin, pace: Pace = .maximum) -> ReplayConfiguration
    {
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: origin.port),
            pace: pace
        )
        configuration.usesHTTP2 = true
        return configuration
    }

    /// A trace of one HTTP/2 connection on which requests overlap, so many at a time.
    private func overlappingTrace(
        in folder: TemporaryFolder,
        rounds: Int,
        atOnce: Int
    ) throws -> FilePath {
        let path = folder.path.appending("trace.mtr")
        let info = TraceInfo(writer: "test", source: "test", epoch: 0, bodies: "requests")
        var writer = try TraceWriter(creating: path, info: info)
        let opening = ConnectionOpening(connection: 0, client: "c:1", server: "s:1", time: 0)
        try writer.append(.opened(opening))
        for number in 0..<rounds * atOnce {
            let time = Int64(number / atOnce) * 10_000_000 + Int64(number % atOnce)
            let exchange = recordedExchange(
                sequence: UInt64(number),
                head: "GET /\(number) HTTP/2\r\nhost: shop.example\r\n\r\n",
                at: time,
                answeredAt: time + 1_000_000
            )
            try writer.append(.exchange(exchange))
        }
        let end = Int64(rounds) * 10_000_000
        try writer.append(.closed(ConnectionClosing(connection: 0, time: end, by: .client)))
        _ = try writer.finish(ledger: Ledger())
        return path
    }

    @Test(arguments: [Pace.maximum, .arrival(speed: 1), .think(speed: 1)])
    func streamsOfAConnectionShareOne(pace: Pace) async throws {
        let folder = try TemporaryFolder()
        // Nobody is answered before three are there, which takes streams side by side.
        let origin = try await HTTP2Origin { _ in
            .together(3, [":status": "200", "x-mik-handler": "shop"], body: "hello")
        }
        let trace = try overlappingTrace(in: folder, rounds: 4, atOnce: 3)
        let (counts, outcomes, _) = try await replay(
            trace,
            in: folder,
            configuration(origin, pace: pace)
        )
        #expect(counts.sent == 12)
        #expect(counts.completed == 12)
        #expect(counts.connections == 1)
        #expect(counts.connectionAttempts == 1)
        #expect(Set(origin.requests.map(\.connection)).count == 1)
        #expect(Set(origin.requests.map(\.path)) == Set((0..<12).map { "/\($0)" }))
        #expect(outcomes.allSatisfy { $0.status == 200 && $0.liveConnection == 0 })
        #expect(outcomes.allSatisfy { $0.fingerprint == Fingerprint(of: Array("hello".utf8)) })
        #expect(outcomes.allSatisfy { $0.keptField("x-mik-handler") == "shop" })
        #expect(outcomes.filter { $0.connectDuration != nil }.count == 1)
        try await origin.stop()
    }

    @Test func whatWasRecordedOverHTTP1IsSentAsItMeans() async throws {
        let folder = try TemporaryFolder()
        let origin = try await HTTP2Origin { _ in
            .response([":status": "201", "content-length": "2"], body: "ok")
        }
        let trace = try makeTrace(in: folder, connections: 2, each: 3, bodyByteCount: 5)
        var configuration = configuration(origin)
        configuration.fieldEdits = [
            .set(name: "Connection", value: "close"), .set(name: "X-Odd", value: "Ä b"),
        ]
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 6)
        #expect(counts.connections == 2)
        #expect(outcomes.allSatisfy { $0.status == 201 && $0.responseBodyByteCount == 2 })
        for request in origin.requests {
            #expect(request.fields.first(name: ":authority") == "127.0.0.1:\(origin.port)")
            #expect(request.fields.first(name: ":scheme") == "http")
            #expect(request.fields.first(name: ":method") == "GET")
            #expect(request.fields.first(name: "x-odd") == "Ä b")
            #expect(request.fields["connection"].isEmpty)
            #expect(request.fields["host"].isEmpty)
            #expect(request.body == Array("xxxxx".utf8))
        }
        try await origin.stop()
    }

    @Test func aStreamThatIsResetIsAFailureOfItsOwn() async throws {
        let folder = try TemporaryFolder()
        let origin = try await HTTP2Origin { request in
            request.path == "/c0/1" ? .reset : .response([":status": "204"], body: nil)
        }
        let trace = try makeTrace(in: folder, connections: 1, each: 3)
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration(origin))
        #expect(
            outcomes.map(\.result) == [.completed, .failed(.resetWithoutResponse), .completed]
        )
        #expect(counts.connections == 1)
        try await origin.stop()
    }

    @Test func aConnectionThatEndsTakesItsStreamsWithIt() async throws {
        let folder = try TemporaryFolder()
        let origin = try await HTTP2Origin { request in
            request.path == "/c0/1" ? .close : .response([":status": "200"], body: "")
        }
        let trace = try makeTrace(in: folder, connections: 1, each: 4)
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration(origin))
        #expect(counts.sent == 4)
        #expect(counts.completed == 3)
        #expect(outcomes[1].result == .failed(.closedWithoutResponse))
        #expect(counts.connections == 2)
        try await origin.stop()
    }

    @Test func aTargetThatSpeaksHTTP1OnlyIsAFailureAndNoHang() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 1, each: 2)
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: origin.port),
            pace: .maximum
        )
        configuration.usesHTTP2 = true
        let (counts, _, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.sent == 2)
        #expect(counts.failed == 2)
        try await origin.stop()
    }
}
