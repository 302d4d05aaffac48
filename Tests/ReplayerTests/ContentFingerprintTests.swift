import HTTPWire
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@testable import Replayer

/// What is in compressed bodies is fingerprinted, away from the event loop.
@Suite struct ContentFingerprintTests {
    private static let content = Array(#"{"items":[1,2,3],"of":"the shop"}"#.utf8)
    private static let fingerprint = Fingerprint(of: content)

    private static func gzipped(_ bytes: [UInt8]) -> [UInt8] {
        var writer = GzipWriter()
        return writer.deflate(bytes) + writer.finish()
    }

    private static func response(_ fields: [String], _ body: [UInt8]) -> [UInt8] {
        let lines = ["HTTP/1.1 200 OK"] + fields + ["Content-Length: \(body.count)", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8) + body
    }

    /// What a lane makes of the answer to its only request.
    private func answer(
        _ pieces: [[UInt8]],
        to method: AnsweredMethod = .other,
        keepsBodies: Bool = false
    ) -> (outcome: Outcome?, body: CodedBody?) {
        let keeping = ResponseKeeping(keepsBodies: keepsBodies)
        var lane = LaneState(isClosedLoop: false, keeping: keeping)
        lane.append(.open)
        _ = lane.nextStep(at: 0)
        lane.connected(as: 0, at: 0)
        lane.requestDue(plannedRequest(7, due: 0, method: method))
        _ = lane.nextStep(at: 0)
        for piece in pieces { lane.received(piece.span, at: 1) }
        lane.disconnected(byReset: false, at: 2)
        let ended = lane.takeEnded()
        return (ended?.outcome, ended?.codedBody)
    }

    @Test func aCompressedBodyIsCollectedAndNotKept() {
        let body = Self.gzipped(Self.content)
        let whole = Self.response(["Content-Encoding: gzip"], body)
        for cut in EveryCut(of: whole) {
            let (outcome, collected) = answer(cut.pieces.map(Array.init))
            #expect(outcome?.keptBody == nil)
            #expect(outcome?.fingerprint == Fingerprint(of: body))
            #expect(outcome?.contentFingerprint == nil)
            #expect(collected == CodedBody(coding: .gzip, bytes: body), "\(cut)")
        }
        let kept = answer([whole], keepsBodies: true)
        #expect(kept.outcome?.keptBody == body)
        #expect(kept.body?.bytes == body)
    }

    @Test(
        arguments: [
            ["Content-Encoding: br"], ["Content-Encoding: gzip, gzip"], ["Content-Type: a/b"],
        ]
    )
    func nothingElseIsCollected(fields: [String]) {
        let plain = Self.response(fields, Self.gzipped(Self.content))
        #expect(answer([plain]).body == nil)
        #expect(answer([plain], keepsBodies: true).body == nil)
    }

    @Test func whatIsNotWholeOrTooLongIsNotLookedInto() {
        let fields = ["Content-Encoding: gzip"]
        let whole = Self.response(fields, Self.gzipped(Self.content))
        let cut = answer([whole.dropLast()])
        #expect(cut.outcome?.result == .failed(.responseTruncated))
        #expect(cut.body == nil)
        #expect(answer([Self.response(fields, [])]).body == nil)
        #expect(answer([Self.response(fields, [1, 2]).dropLast(2)], to: .head).body == nil)
        for (count, isKnown) in [
            (Outcome.codedBodyLimit, true), (Outcome.codedBodyLimit + 1, false),
        ] {
            let long = Self.response(fields, [UInt8](repeating: 0, count: count))
            #expect((answer([long]).body != nil) == isKnown)
        }
    }

    @Test func aBodyOfOneResponseIsNoneOfTheNext() {
        var lane = LaneState.connectedLane()
        for index in 0..<2 as Range<UInt64> {
            lane.requestDue(plannedRequest(index, due: 0))
            _ = lane.nextStep(at: 0)
            let fields = index == 0 ? ["Content-Encoding: deflate"] : []
            let bytes = Self.response(fields, [1, 2])
            lane.received(bytes.span, at: 1)
        }
        let first = lane.takeEnded()
        #expect(first?.codedBody == CodedBody(coding: .deflate, bytes: [1, 2]))
        let second = lane.takeEnded()
        #expect(second?.outcome.index == 1 && second?.codedBody == nil)
    }

    @Test func bodiesAreLookedIntoWithTheirOutcomes() {
        let bodies: [CodedBody?] = [
            CodedBody(coding: .gzip, bytes: Self.gzipped(Self.content)), nil,
            CodedBody(coding: .gzip, bytes: gzipFile(Self.content)),
            CodedBody(coding: .deflate, bytes: Self.gzipped(Self.content)),
            CodedBody(coding: .gzip, bytes: Self.gzipped(Self.content).dropLast()),
            CodedBody(
                coding: .gzip,
                bytes: Self.gzipped([UInt8](repeating: 0, count: Outcome.contentLimit + 1))
            ),
        ]
        var finished = FinishedRequests()
        for (index, body) in bodies.enumerated() {
            var outcome = plannedRequest(UInt64(index), due: 0).outcome
            outcome.fingerprint = body.map { Fingerprint(of: $0.bytes) }
            finished.append(outcome, body)
        }
        #expect(finished.bodyByteCount == bodies.reduce(0) { $0 + ($1?.bytes.count ?? 0) })
        var contents = KnownContents()
        finished.lookIntoBodies(&contents)
        let known = Self.fingerprint
        #expect(finished.outcomes.map(\.contentFingerprint) == [known, nil, known, nil, nil, nil])
        #expect(finished.bodyByteCount == 0)
    }

    @Test func aBodyThatComesAgainIsKnownUnderItsCoding() {
        var contents = KnownContents()
        let bytes = Self.gzipped(Self.content)
        let cases: [(ContentCoding, Fingerprint?)] = [(.deflate, nil), (.gzip, Self.fingerprint)]
        for (coding, content) in cases + cases {
            let body = CodedBody(coding: coding, bytes: bytes)
            #expect(contents.fingerprint(of: body, known: Fingerprint(of: bytes)) == content)
        }
    }

    @Test func bodiesBeyondTheRoomAreLeftOutAndCounted() {
        let room = BodyRoom()
        #expect(room.take(BodyRoom.limit - 10))
        #expect(!room.take(11))
        #expect(room.take(10))
        #expect(!room.take(1))
        room.giveBack(10)
        #expect(room.take(1))
        #expect(room.leftOutCount == 2)
    }

    @Test func aGzippedBodyOfTheRecordingIsLookedInto() {
        var contents = RecordedContents()
        func fingerprint(_ bytes: [UInt8]?, length: Int = 0) -> Fingerprint? {
            let body = RecordedBody(
                length: UInt64(bytes?.count ?? length),
                wireLength: 0,
                fingerprint: Fingerprint(of: bytes ?? []),
                bytes: bytes
            )
            return contents.fingerprint(of: body)
        }
        // Also when it comes again.
        for _ in 0..<2 {
            #expect(fingerprint(gzipFile(Self.content)) == Self.fingerprint)
            #expect(fingerprint(gzipFile(Self.content).dropLast()) == nil)
        }
        #expect(fingerprint(Self.content) == nil)
        #expect(fingerprint(nil, length: 40) == nil)
        #expect(fingerprint([]) == nil)
    }

    /// Two servers that compress otherwise, of which the second one also answers with what only looks
    /// compressed.
    @Test(arguments: [Pace.arrival(speed: 4), .maximum])
    func anotherCompressionOfTheSameIsKnown(pace: Pace) async throws {
        let compressed = Self.gzipped(Self.content)
        let stored = gzipFile(Self.content)
        let bomb = Self.gzipped([UInt8](repeating: 0, count: Outcome.contentLimit + 1))
        let cut = Array(compressed.dropLast(3))
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
        var runs: [[Outcome]] = []
        for bodies in [[compressed, compressed, compressed], [stored, bomb, cut]] {
            let folder = try TemporaryFolder()
            let recorded = RecordedBody(
                length: UInt64(stored.count),
                wireLength: UInt64(stored.count),
                fingerprint: Fingerprint(of: stored),
                bytes: stored
            )
            let trace = try makeTrace(in: folder, connections: 1, each: 3, answer: recorded)
            let origin = try await LoopbackOrigin { request in
                let number = bodies.indices.first { request.hasPrefix("GET /c0/\($0) ") } ?? 0
                return .body(head: head, bodies[number])
            }
            let target = Target(host: "127.0.0.1", port: origin.port)
            let configuration = ReplayConfiguration(target: target, pace: pace)
            let (_, outcomes, ending) = try await replay(trace, in: folder, configuration)
            #expect(outcomes.map(\.fingerprint) == bodies.map { Fingerprint(of: $0) })
            #expect(outcomes.allSatisfy { $0.keptBody == nil && $0.result == .completed })
            #expect(outcomes.allSatisfy { $0.recordedContentFingerprint == Self.fingerprint })
            #expect(ending?.ledger["responses", "contents_left_out"] == 0)
            runs.append(outcomes)
            try await origin.stop()
        }
        let known = Self.fingerprint
        #expect(runs[0].map(\.contentFingerprint) == [known, known, known])
        #expect(runs[1].map(\.contentFingerprint) == [known, nil, nil])
    }
}
