import Testing
import TraceFormat

@testable import Replayer

@Suite struct RunMergeTests {
    private func part(
        _ shard: String?,
        startedAt: Int64 = 0,
        change: (inout RunMerge.Part) -> Void = { _ in }
    ) -> RunMerge.Part {
        var environment = Metadata()
        environment["shard"] = shard
        environment["modes"] = shard.map { "loop 2, shard \($0)" }
        environment["seed"] = "7"
        var ledger = Ledger()
        ledger["connections", "opened"] = 3
        ledger["client", "longest_stall_microseconds"] = UInt64(startedAt + 10)
        ledger["trace", "damages"] = 1
        var part = RunMerge.Part(
            file: "\(shard ?? "none").mrr",
            info: RunInfo(
                writer: "test",
                traceHash: "abc",
                traceName: "t.mtr",
                target: "http://a",
                speed: "4",
                connections: "recorded",
                planned: 10,
                startedAt: startedAt,
                environment: environment
            ),
            ending: RunEnding(isPartial: false, duration: 100 + startedAt, ledger: ledger)
        )
        change(&part)
        return part
    }

    @Test func countsAddUpAndTheLongestTimeCounts() throws {
        let merge = try RunMerge([part("2/2", startedAt: 5), part("1/2")], startLimit: 5)
        #expect(merge.order == [1, 0])
        #expect(merge.info.planned == 20)
        #expect(merge.info.startedAt == 0)
        #expect(merge.info.environment["modes"] == "loop 2")
        #expect(merge.info.environment["shard"] == nil)
        #expect(merge.ending.duration == 105)
        #expect(merge.ending.ledger["connections", "opened"] == 6)
        #expect(merge.ending.ledger["client", "longest_stall_microseconds"] == 15)
        #expect(merge.ending.ledger["trace", "damages"] == 1)
        var outcome = Outcome(
            index: 4,
            connection: 1,
            sequence: 0,
            method: "GET",
            target: "/",
            due: 9
        )
        outcome.liveConnection = 2
        #expect(merge.outcome(outcome, ofShard: 0).liveConnection == 2)
        #expect(merge.outcome(outcome, ofShard: 1).liveConnection == 5)
    }

    @Test func oneStoppedShardMakesThePartOfAWhole() throws {
        let stopped = part("2/2") { $0.ending?.isPartial = true }
        #expect(try RunMerge([part("1/2"), stopped], startLimit: 0).ending.isPartial)
    }

    @Test func runsThatAreNotAllTheShardsOfOneReplayAreRefused() {
        func refusal(_ parts: [RunMerge.Part]) -> MergeError? {
            do throws(MergeError) {
                _ = try RunMerge(parts, startLimit: 1_000_000)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal([part("1/2"), part(nil)]) == .noShard(file: "none.mrr"))
        #expect(
            refusal([part("1/2"), part("1/2")]) == .doubled(shard: "1/2", file: "1/2.mrr")
        )
        #expect(refusal([part("3/3"), part("1/3")]) == .missing(shards: ["2/3"]))
        #expect(
            refusal([part("1/2"), part("2/3")])
                == .differing(what: "number of shards", first: "2", other: "3", file: "2/3.mrr")
        )
        #expect(
            refusal([part("1/2"), part("2/2") { $0.ending = nil }]) == .unfinished(file: "2/2.mrr")
        )
        #expect(
            refusal([part("1/2"), part("2/2") { $0.info.traceHash = "other" }])
                == .differing(what: "trace", first: "abc", other: "other", file: "2/2.mrr")
        )
        #expect(
            refusal([part("1/2"), part("2/2") { $0.info.speed = "2" }])
                == .differing(what: "speed", first: "4", other: "2", file: "2/2.mrr")
        )
        #expect(
            refusal([part("1/2"), part("2/2", startedAt: 2_000_000)])
                == .startsApart(nanoseconds: 2_000_000, limit: 1_000_000)
        )
    }
}

@Suite struct HTTP2RequestTests {
    private func request(_ head: String, body: String = "") -> RecordedMessage {
        let bytes = Array(body.utf8)
        return RecordedMessage(
            head: Array(head.utf8),
            body: RecordedBody(
                length: UInt64(bytes.count),
                wireLength: UInt64(bytes.count),
                fingerprint: Fingerprint(of: bytes),
                bytes: bytes
            ),
            firstByteTime: 0,
            lastByteTime: 0,
            isComplete: true
        )
    }

    @Test(arguments: [
        ("GET / HTTP/2\r\nhost: a\r\n\r\n", "", "GET / HTTP/1.1\r\nhost: a\r\n\r\n"),
        (
            "POST / HTTP/2\r\nhost: a\r\n\r\n", "xyz",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\nhost: a\r\n\r\n"
        ),
        (
            "POST / HTTP/2\r\ncontent-length: 3\r\n\r\n", "xyz",
            "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\n"
        ),
    ])
    func becomeRequestsOfHTTP1(head: String, body: String, result: String) {
        var request = request(head, body: body)
        let wasRewritten = request.becomeHTTP1()
        #expect(wasRewritten)
        #expect(String(decoding: request.head, as: UTF8.self) == result)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nx: HTTP/2\r\n\r\n", "GET /HTTP/2 HTTP/1.0\r\n\r\n", "", "x",
    ])
    func othersStayAsTheyAre(head: String) {
        var request = request(head)
        let wasRewritten = request.becomeHTTP1()
        #expect(!wasRewritten)
        #expect(request.head == Array(head.utf8))
    }

    @Test func streamsThatOverlappedHavePlacesOfTheirOwn() {
        var streams = StreamAssignment()
        let connection = ConnectionCopy(connection: 0, copy: 0)
        let times: [(at: Int64, end: Int64)] = [(0, 100), (10, 20), (15, 30), (25, 40), (100, 110)]
        let places = times.map { times in
            let exchange = recordedExchange(at: times.at, answeredAt: times.end)
            return streams.stream(for: exchange, on: connection)
        }
        #expect(places == [0, 1, 2, 1, 0])
        #expect(streams.release(connection) == 3)
        #expect(streams.release(connection) == 1)
    }
}
