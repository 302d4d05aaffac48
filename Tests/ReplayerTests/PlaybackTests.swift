import SystemPackage
import Testing
import TestSupport
import TraceFormat

@testable import Replayer

@Suite struct PlaybackTests {
    /// A trace of two connections: requests at 0, 10, 20 and 30 ms in turns.
    private func makeTrace(in folder: TemporaryFolder) throws -> FilePath {
        let path = folder.path.appending("trace.mtr")
        let info = TraceInfo(writer: "test", source: "test", epoch: 0, bodies: "requests")
        var writer = try TraceWriter(creating: path, info: info)
        for connection in 0..<2 as Range<UInt64> {
            try writer.append(
                .opened(
                    ConnectionOpening(
                        connection: connection,
                        client: "c:1",
                        server: "192.0.2.\(connection):80",
                        time: 1_000_000
                    )
                )
            )
        }
        for index in 0..<4 as Range<UInt64> {
            let method = index == 3 ? "POST" : "GET"
            let exchange = recordedExchange(
                connection: index % 2,
                sequence: index / 2,
                head: "\(method) /\(index) HTTP/1.1\r\nHost: a\r\n\r\n",
                at: 5_000_000 + Int64(index) * 10_000_000,
                answeredAt: 6_000_000 + Int64(index) * 10_000_000
            )
            try writer.append(.exchange(exchange))
        }
        for connection in 0..<2 as Range<UInt64> {
            let closing = ConnectionClosing(connection: connection, time: 45_000_000, by: .client)
            try writer.append(.closed(closing))
        }
        _ = try writer.finish(ledger: Ledger())
        return path
    }

    private func play(
        _ change: (inout TraceSelection) -> Void
    ) throws -> (requests: [PlayedRecord], others: Int) {
        let folder = try TemporaryFolder()
        var configuration = ReplayConfiguration(target: Target(host: "127.0.0.1", port: 1))
        change(&configuration.selection)
        let player = try TracePlayer(
            trace: try makeTrace(in: folder),
            configuration: configuration
        )
        var playback = try player.play()
        var played: [PlayedRecord] = []
        while let next = try playback.next() { played.append(next) }
        #expect(played.map(\.time) == played.map(\.time).sorted())
        let requests = played.filter { $0.index != nil }
        return (requests, played.count - requests.count)
    }

    @Test func aWholeTraceIsPlayedFromItsFirstRequest() throws {
        let (requests, others) = try play { _ in }
        #expect(requests.map(\.time) == [0, 10_000_000, 20_000_000, 30_000_000])
        #expect(requests.map(\.index) == [0, 1, 2, 3])
        #expect(others == 4)
    }

    @Test func aSliceKeepsTheIndicesAndBeginsAtItsStart() throws {
        let (requests, others) = try play { $0.slice = 10_000_000..<30_000_000 }
        #expect(requests.map(\.time) == [0, 10_000_000])
        #expect(requests.map(\.index) == [1, 2])
        #expect(others == 0)
    }

    @Test func loopsFollowEachOtherOnNewConnections() throws {
        let (requests, _) = try play { $0.loopCount = 2 }
        // 40 ms to the last closing, and 10 ms that requests are apart.
        #expect(requests.map { $0.time / 1_000_000 } == [0, 10, 20, 30, 50, 60, 70, 80])
        #expect(requests.map(\.index) == Array(0..<8))
        #expect(Set(requests.map(\.connection)).count == 4)
    }

    @Test func copiesAreShiftedByASecondAtMostAndKeepTheirOrder() throws {
        let (requests, _) = try play {
            $0.multiplier = 3
            $0.loopCount = 2
        }
        #expect(Set(requests.map(\.index)) == Set(0..<24))
        let connections = Dictionary(grouping: requests, by: \.connection)
        #expect(connections.count == 12)
        for (connection, records) in connections {
            #expect(
                records.map { $0.index! % 4 } == [connection.connection, connection.connection + 2]
            )
            #expect(records[1].time - records[0].time == 20_000_000)
            let recorded = Int64(connection.connection) * 10_000_000
            let loop = Int64(connection.copy / 3) * 50_000_000
            let shift = records[0].time - recorded - loop
            #expect(connection.copy % 3 == 0 ? shift == 0 : (0..<1_000_000_000).contains(shift))
        }
    }

    @Test func theSurveyTellsWhatIsGoingToHappen() throws {
        let folder = try TemporaryFolder()
        var configuration = ReplayConfiguration(target: Target(host: "127.0.0.1", port: 1))
        configuration.selection.loopCount = 2
        let player = try TracePlayer(
            trace: try makeTrace(in: folder),
            configuration: configuration
        )
        let plan = try player.survey()
        #expect(plan.requests == 8)
        #expect(plan.writes == 2)
        #expect(plan.nonIdempotent == 2)
        #expect(plan.connections == 4)
        #expect(plan.peakConnections == 2)
        #expect(plan.peakRate == 8)
        #expect(plan.duration == 80_000_000)
        #expect(plan.recordedServers == ["192.0.2.0:80", "192.0.2.1:80"])
    }

    @Test func theRecordedTargetAndWritesElsewhereNeedConsent() throws {
        var plan = PlanOverview()
        plan.recordedServers = ["127.0.0.1:3000", "[::1]:3000"]
        plan.writes = 7
        var consent = Consent()
        let recorded = Target(host: "127.0.0.1", port: 3000)
        let elsewhere = Target(host: "192.0.2.9", port: 3000)
        #expect(throws: ReplayError.recordedTarget(address: "127.0.0.1:3000")) {
            try consent.check(plan, recorded)
        }
        #expect(throws: ReplayError.recordedTarget(address: "[::1]:3000")) {
            try consent.check(plan, Target(host: "::1", port: 3000))
        }
        try consent.check(plan, Target(host: "127.0.0.1", port: 3001))
        #expect(throws: ReplayError.unconfirmedWrites(count: 7, url: "http://192.0.2.9:3000")) {
            try consent.check(plan, elsewhere)
        }
        consent.allowsRecordedTarget = true
        consent.allowsWritesElsewhere = true
        try consent.check(plan, recorded)
        try consent.check(plan, elsewhere)
    }
}

@Suite struct ProcessorLoadTests {
    private let before = """
        cpu  100 0 100 800 0 0 0 0 0 0
        cpu0 50 0 50 400 0 0 0 0 0 0
        cpu1 50 0 50 400 0 0 0 0 0 0
        intr 12345
        """
    private let after = """
        cpu  200 0 100 850 50 0 0 0 0 0
        cpu0 150 0 50 400 0 0 0 0 0 0
        cpu1 50 0 50 450 40 0 0 10 0 0
        """

    @Test func freeProcessorsAreThoseThatHadNothingToDo() throws {
        let (before, after) = (ProcessorLoad(stat: before), ProcessorLoad(stat: after))
        let free = try #require(after.freeProcessors(since: before))
        #expect(free == 0.9)
        #expect(after.stolen - before.stolen == 10)
        #expect(before.freeProcessors(since: before) == nil)
    }

    @Test func onlyProcessorsOfThisProcessCount() {
        let list = ProcessorList(status: "Name:\tx\nCpus_allowed_list:\t1,4-6\n")
        #expect((0...7).filter(list.contains) == [1, 4, 5, 6])
        let load = ProcessorLoad(stat: before, isUsable: list.contains)
        #expect(load.count == 1)
        #expect(load.total == 500)
        #expect(ProcessorList(status: "").contains(99))
    }

    @Test func spinningNeedsFreeProcessorsUnlessItIsOrdered() {
        #expect(Spinning.on.isOn(threadCount: 8, freeProcessors: 0))
        #expect(!Spinning.off.isOn(threadCount: 1, freeProcessors: 64))
        #expect(Spinning.automatic.isOn(threadCount: 1, freeProcessors: 2.6))
        #expect(!Spinning.automatic.isOn(threadCount: 1, freeProcessors: 2))
        #expect(!Spinning.automatic.isOn(threadCount: 4, freeProcessors: nil))
    }
}
