import NIOConcurrencyHelpers
import SystemPackage
import Testing
import TestSupport
import TraceFormat

@testable import Replayer

/// Replays against a server that gives out identifiers of its own.
@Suite(.timeLimit(.minutes(10)))
struct CausalReplayTests {
    private static let pairCount: UInt64 = 20

    /// A trace in which each order is made over one connection and read over another.
    private func trace(in folder: TemporaryFolder) throws -> FilePath {
        let path = folder.path.appending("trace.mtr")
        let info = TraceInfo(writer: "test", source: "test", epoch: 0, bodies: "all")
        var writer = try TraceWriter(creating: path, info: info)
        for pair in 0..<Self.pairCount {
            let start = Int64(pair) * 1_000_000
            try writer.append(
                .exchange(
                    exchange(
                        on: pair * 2,
                        at: start,
                        answeredAt: start + 100,
                        ["POST /orders"],
                        body: "x",
                        json: #"{"order":{"id":"recorded-\#(1000 + pair)"}}"#
                    )
                )
            )
            try writer.append(
                .exchange(
                    exchange(
                        on: pair * 2 + 1,
                        at: start + 200,
                        answeredAt: start + 300,
                        ["GET /orders/recorded-\(1000 + pair)"]
                    )
                )
            )
        }
        _ = try writer.finish(ledger: Ledger())
        return path
    }

    private func origin() async throws -> LoopbackOrigin {
        let number = NIOLockedValueBox(0)
        return try await LoopbackOrigin { head in
            guard head.hasPrefix("POST") else { return LoopbackOrigin.ok }
            let id = number.withLockedValue { number in
                number += 1
                return number
            }
            let body = #"{"order":{"id":"live-order-\#(id)"}}"#
            return .bytes(
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
    }

    private func configuration(
        _ origin: LoopbackOrigin,
        _ causality: Causality,
        pace: Pace = .maximum
    ) throws -> ReplayConfiguration {
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: origin.port),
            pace: pace,
            connections: .capped(4)
        )
        configuration.threadCount = 2
        configuration.causality = causality
        return configuration
    }

    @Test func aRequestLeavesAfterTheResponseWhoseValueItCarries() async throws {
        let folder = try TemporaryFolder()
        let origin = try await origin()
        let (counts, outcomes, ending) = try await replay(
            trace(in: folder),
            in: folder,
            configuration(origin, .order)
        )
        #expect(counts.completed == 2 * Self.pairCount)
        for pair in 0..<Int(Self.pairCount) {
            let end = try #require(outcomes[pair * 2].end)
            let sent = try #require(outcomes[pair * 2 + 1].sent)
            #expect(sent >= end)
            #expect(outcomes[pair * 2 + 1].target == "/orders/recorded-\(1000 + pair)")
        }
        #expect(ending?.ledger["causal", "edges"] == Self.pairCount)
        #expect(ending?.ledger["causal", "followed"] == Self.pairCount)
        #expect(ending?.ledger["causal", "violated"] == 0)
        try await origin.stop()
    }

    @Test(arguments: [Pace.maximum, .arrival(speed: 1000), .think(speed: 1000)])
    func aRequestCarriesTheValueThatTheTargetGave(pace: Pace) async throws {
        let folder = try TemporaryFolder()
        let origin = try await origin()
        var configuration = try configuration(origin, .substitution, pace: pace)
        configuration.selection.loopCount = 2
        configuration.selection.multiplier = 2
        let (_, outcomes, ending) = try await replay(
            trace(in: folder),
            in: folder,
            configuration
        )
        let count = 4 * Self.pairCount
        let read = outcomes.filter { $0.method == "GET" }.map(\.target)
        #expect(Set(read) == Set((1...count).map { "/orders/live-order-\($0)" }))
        let asked = origin.requests.filter { $0.head.hasPrefix("GET") }
        #expect(asked.allSatisfy { $0.head.hasPrefix("GET /orders/live-order-") })
        #expect(ending?.ledger["causal", "edges"] == count)
        #expect(ending?.ledger["causal", "substituted"] == count)
        #expect(outcomes.allSatisfy { $0.keptBody == nil })
        try await origin.stop()
    }

    @Test func aResponseThatNeverComesLetsItsRequestsGo() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("POST") ? .close : LoopbackOrigin.ok
        }
        let (counts, _, ending) = try await replay(
            trace(in: folder),
            in: folder,
            configuration(origin, .substitution)
        )
        #expect(counts.completed == Self.pairCount && counts.failed == Self.pairCount)
        #expect(ending?.ledger["causal", "violated"] == Self.pairCount)
        #expect(ending?.ledger["causal", "unsubstituted"] == Self.pairCount)
        try await origin.stop()
    }

    @Test func eachShardFollowsTheEdgesInsideItAndCountsTheOthers() async throws {
        let folder = try TemporaryFolder()
        let origin = try await origin()
        let path = try trace(in: folder)
        var found: UInt64 = 0
        for number in 1...2 as ClosedRange<UInt64> {
            var configuration = try configuration(origin, .order)
            configuration.selection.shard = Shard(number, of: 2)
            let causal = try #require(try Replay(configuration).prepare(trace: path).plan.causal)
            found += causal.edges + causal.elsewhere
            #expect(causal.elsewhere > 0)
        }
        #expect(found == Self.pairCount)
        try await origin.stop()
    }
}
