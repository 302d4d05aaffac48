import SystemPackage
import Testing
import TestSupport
import TraceFormat

@testable import Replayer

@Suite struct ReplayTests {
    private func target(_ origin: LoopbackOrigin) -> Target {
        Target(host: "127.0.0.1", port: origin.port)
    }

    @Test(arguments: [Pace.arrival(speed: 4), .think(speed: 4), .maximum])
    func everyRequestArrivesInOrderOnItsOwnConnection(pace: Pace) async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 3, each: 5)
        let (counts, outcomes, ending) = try await replay(
            trace,
            in: folder,
            ReplayConfiguration(target: target(origin), pace: pace)
        )
        #expect(counts.sent == 15)
        #expect(counts.completed == 15)
        #expect(counts.connections == 3)
        #expect(ending?.isPartial == false)
        #expect(outcomes.map(\.index) == Array(0..<15))
        #expect(outcomes.allSatisfy { $0.result == .completed && $0.status == 200 })
        #expect(outcomes.allSatisfy { $0.fingerprint == Fingerprint(of: Array("ok".utf8)) })
        let byConnection = Dictionary(grouping: origin.requests, by: \.connection)
        #expect(byConnection.count == 3)
        for (_, requests) in byConnection {
            let expected = requests[0].head.split(separator: "/")[1]
            for (sequence, request) in requests.enumerated() {
                #expect(
                    request.head
                        == "GET /\(expected)/\(sequence) HTTP/1.1\r\n"
                        + "Host: 127.0.0.1:\(origin.port)\r\n\r\n"
                )
            }
        }
        try await origin.stop()
    }

    @Test func cappedConnectionsAreSharedAndKeepTheOrderOfEach() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 6, each: 4)
        let configuration = ReplayConfiguration(
            target: target(origin),
            pace: .maximum,
            connections: .capped(2)
        )
        let (counts, _, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 24)
        #expect(counts.connections == 2)
        for connection in 0..<6 {
            let sequences = origin.requests.map(\.head).filter {
                $0.hasPrefix("GET /c\(connection)/")
            }
            #expect(sequences == sequences.sorted())
            #expect(sequences.count == 4)
        }
        try await origin.stop()
    }

    @Test(arguments: [false, true])
    func aConnectionThatHangsKeepsItsOwnRequestOnly(usesFreshConnections: Bool) async throws {
        let folder = try TemporaryFolder()
        // Nothing comes back for the very first request; everything else is answered at once.
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("GET /c0/0 ") ? .silence : LoopbackOrigin.ok
        }
        let trace = try makeTrace(in: folder, connections: 2, each: 50)
        var configuration = ReplayConfiguration(
            target: target(origin),
            pace: .maximum,
            connections: .shared(2),
            limits: ReplayLimits(timeout: 10_000_000_000)
        )
        configuration.usesFreshConnections = usesFreshConnections
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 99)
        #expect(counts.censored == 1)
        if usesFreshConnections { #expect(counts.connections == 100) }
        #expect(outcomes.first { $0.result == .censored(.timeout) }?.target == "/c0/0")
        // The request behind it in the recording overtakes it, and comes in its turn.
        let heads = origin.requests.map(\.head)
        let (second, last) = ("GET /c0/1 ", "GET /c1/49 ")
        let order = heads.compactMap { head in [second, last].first { head.hasPrefix($0) } }
        #expect(order == [second, last])
        try await origin.stop()
    }

    @Test(arguments: [Pace.arrival(speed: 1), .maximum])
    func bodiesBeyondTheRoomOfThePlanAreSentAllTheSame(pace: Pace) async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(
            in: folder,
            connections: 2,
            each: 3,
            bodyByteCount: PlanGate.limit * 2 / 3
        )
        let configuration = ReplayConfiguration(target: target(origin), pace: pace)
        let (counts, _, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 6)
        try await origin.stop()
    }

    @Test func aHangingConnectionDoesNotHoldTheOthersBack() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("GET /c0/") ? .silence : LoopbackOrigin.ok
        }
        let trace = try makeTrace(
            in: folder,
            connections: 2,
            each: 8,
            bodyByteCount: PlanGate.limit / 4
        )
        var configuration = ReplayConfiguration(
            target: target(origin),
            limits: ReplayLimits(timeout: 1_000_000_000_000)
        )
        // The last answer may be on its way when the replay is stopped.
        configuration.limits.drain = 1_000_000_000
        let task = Task { try await replay(trace, in: folder, configuration) }
        while origin.requests.count(where: { $0.head.hasPrefix("GET /c1/") }) < 8 {
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        #expect(try await task.value.counts.completed == 8)
        try await origin.stop()
    }

    @Test func aConnectionClosedWithoutResponseIsCountedAndNotRetried() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("GET /c0/1 ") ? .close : LoopbackOrigin.ok
        }
        let trace = try makeTrace(in: folder, connections: 1, each: 3)
        let (counts, outcomes, _) = try await replay(
            trace,
            in: folder,
            ReplayConfiguration(target: target(origin))
        )
        #expect(
            outcomes.map(\.result) == [
                .completed, .failed(.closedWithoutResponse), .completed,
            ]
        )
        #expect(counts.sent == counts.completed + counts.failed + counts.censored)
        #expect(counts.connections == 2)
        #expect(origin.requests.count { $0.head.hasPrefix("GET /c0/1 ") } == 1)
        try await origin.stop()
    }

    @Test func aHangingTargetIsGivenUpAfterTheTimeLimit() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in .silence }
        let trace = try makeTrace(in: folder, connections: 2, each: 1)
        let configuration = ReplayConfiguration(
            target: target(origin),
            limits: ReplayLimits(timeout: 50_000_000)
        )
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.censored == 2)
        #expect(outcomes.allSatisfy { $0.result == .censored(.timeout) })
        #expect(outcomes.allSatisfy { ($0.serviceTime ?? 0) >= 50_000_000 })
        try await origin.stop()
    }

    @Test func aDeadTargetIsKnownBeforeTheRunBegins() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in .silence }
        let configuration = ReplayConfiguration(target: target(origin))
        try await origin.stop()
        let trace = try makeTrace(in: folder, connections: 1, each: 1)
        await #expect(throws: ReplayError.self) {
            _ = try await replay(trace, in: folder, configuration)
        }
    }

    @Test func aTraceWithoutExchangesIsNotReplayed() async throws {
        let folder = try TemporaryFolder()
        let trace = try makeTrace(in: folder, connections: 1, each: 0)
        let configuration = ReplayConfiguration(target: Target(host: "127.0.0.1", port: 9))
        await #expect(throws: ReplayError.emptyTrace) {
            _ = try await replay(trace, in: folder, configuration)
        }
    }

    @Test func aStoppedReplayLeavesAPartialRun() async throws {
        let folder = try TemporaryFolder()
        let (seen, sawRequest) = AsyncStream<Void>.makeStream()
        let origin = try await LoopbackOrigin { _ in
            sawRequest.yield()
            return .silence
        }
        let trace = try makeTrace(in: folder, connections: 1, each: 3)
        let configuration = ReplayConfiguration(target: target(origin))
        let task = Task { try await replay(trace, in: folder, configuration) }
        for await _ in seen { break }
        task.cancel()
        let (counts, outcomes, ending) = try await task.value
        #expect(counts.isPartial)
        #expect(ending?.isPartial == true)
        #expect(outcomes.first?.result == .censored(.interrupted))
        #expect(counts.sent == counts.completed + counts.failed + counts.censored)
        try await origin.stop()
    }

    @Test func severalThreadsShareTheConnections() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 5, each: 8)
        var configuration = ReplayConfiguration(target: target(origin))
        configuration.threadCount = 3
        configuration.spinning = .on
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 40)
        #expect(counts.connections == 5)
        #expect(Set(outcomes.map(\.index)) == Set(0..<40))
        #expect(Set(outcomes.map(\.liveConnection)) == Set(0..<5))
        let byLiveConnection = Dictionary(grouping: outcomes, by: \.liveConnection)
        #expect(byLiveConnection.values.allSatisfy { Set($0.map(\.connection)).count == 1 })
        try await origin.stop()
    }

    @Test func eachRequestGetsAFreshConnection() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 2, each: 3)
        var configuration = ReplayConfiguration(target: target(origin), pace: .maximum)
        configuration.usesFreshConnections = true
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 6)
        #expect(counts.connections == 6)
        #expect(Set(outcomes.map(\.liveConnection)).count == 6)
        try await origin.stop()
    }

    @Test func copiesAndLoopsAreRequestsOfTheirOwn() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 2, each: 3)
        var configuration = ReplayConfiguration(target: target(origin), pace: .maximum)
        configuration.selection.multiplier = 2
        configuration.selection.loopCount = 2
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 24)
        #expect(outcomes.map(\.index) == Array(0..<24))
        #expect(origin.requests.count { $0.head.hasPrefix("GET /c1/2 ") } == 4)
        try await origin.stop()
    }

    @Test func noMoreRequestsAreInFlightThanAllowed() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 6, each: 5)
        var configuration = ReplayConfiguration(target: target(origin), pace: .maximum)
        configuration.limits.inFlight = 2
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == 30)
        let changes = outcomes.flatMap { [($0.sent!, 1), ($0.end!, -1)] }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        var inFlight = 0
        for (_, change) in changes {
            inFlight += change
            #expect(inFlight <= 2)
        }
        try await origin.stop()
    }

    @Test func aClosedLoopEndsWhenItsTimeIsOverAndSaysHowFarItGot() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let trace = try makeTrace(in: folder, connections: 2, each: 5)
        var configuration = ReplayConfiguration(target: target(origin), pace: .maximum)
        configuration.selection.loopCount = 1_000_000
        configuration.limits.duration = 30_000_000
        let (counts, outcomes, ending) = try await replay(trace, in: folder, configuration)
        #expect(counts.completed == counts.sent)
        #expect(!counts.isPartial)
        #expect(UInt64(outcomes.count) == counts.sent)
        #expect(ending?.ledger["plan", "requests"] == counts.sent)
        try await origin.stop()
    }

    @Test func tooManyErrorsStopTheReplay() async throws {
        let folder = try TemporaryFolder()
        let origin = try await LoopbackOrigin { head in
            head.hasPrefix("GET /c0/") ? .close : LoopbackOrigin.ok
        }
        let trace = try makeTrace(in: folder, connections: 2, each: 200)
        var configuration = ReplayConfiguration(target: target(origin))
        configuration.limits.errorShare = 0.3
        let (counts, _, ending) = try await replay(trace, in: folder, configuration)
        #expect(ending?.isPartial == true)
        #expect(counts.sent < 400)
        #expect(counts.sent == counts.completed + counts.failed + counts.censored)
        try await origin.stop()
    }

    @Test func theLedgerHoldsTheSizesOfTheRecordingAndTheDescriptors() async throws {
        let folder = try TemporaryFolder()
        let answer = RecordedBody(
            length: 7,
            wireLength: 12,
            fingerprint: Fingerprint(high: 1, low: 2),
            bytes: nil
        )
        let trace = try makeTrace(
            in: folder,
            connections: 2,
            each: 3,
            bodyByteCount: 10,
            answer: answer
        )
        let origin = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        let target = Target(host: "127.0.0.1", port: origin.port)
        let (counts, _, ending) = try await replay(
            trace,
            in: folder,
            ReplayConfiguration(target: target)
        )
        let ledger = try #require(ending?.ledger)
        // Only the host differs.
        let difference = "shop.example".utf8.count - target.authority.utf8.count
        #expect(
            Int(ledger["bytes", "recorded_requests"]) - Int(counts.requestBytes) == 6 * difference
        )
        #expect(ledger["bytes", "recorded_response_bodies"] == 6 * 7)
        #expect(ledger["descriptors", "peak"] > ledger["connections", "peak_open"])
        #expect(ledger["descriptors", "limit"] >= ledger["descriptors", "peak"])
        try await origin.stop()
    }

    @Test func aPlanThatNeedsMoreDescriptorsThanThereAreIsWarnedOf() {
        let use = DescriptorUse(limit: 100, openCount: 20)
        #expect(use.warning(connections: 80) == nil)
        #expect(use.warning(connections: 81)?.contains("about 101 descriptors") == true)
        #expect(DescriptorUse(limit: nil, openCount: 20).warning(connections: 1 << 40) == nil)
    }

    @Test func aStoppedReplayWaitsForWhatIsInFlight() async throws {
        let folder = try TemporaryFolder()
        let (seen, sawRequest) = AsyncStream<Void>.makeStream()
        let origin = try await LoopbackOrigin { _ in
            sawRequest.yield()
            return LoopbackOrigin.ok
        }
        // Longer than the test takes to stop it.
        let trace = try makeTrace(in: folder, connections: 1, each: 20_000)
        var configuration = ReplayConfiguration(target: target(origin))
        configuration.limits.drain = 60_000_000_000
        let task = Task { try await replay(trace, in: folder, configuration) }
        for await _ in seen { break }
        task.cancel()
        let (counts, outcomes, _) = try await task.value
        #expect(counts.isPartial)
        #expect(counts.censored == 0)
        #expect(counts.completed == counts.sent)
        #expect(outcomes.first?.result == .completed)
        try await origin.stop()
    }
}
