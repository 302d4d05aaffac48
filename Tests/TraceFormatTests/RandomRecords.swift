import SeededRandom
import TestSupport
import TraceFormat

/// Records with everything that the format can hold, drawn from a seed.
struct RandomRecords {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }

    mutating func text() -> String {
        let texts = [
            "", "127.0.0.1:3000", "[::1]:80", "/run/hello?a=1", "é", "e\u{301}", "\0\u{FFFD}",
        ]
        return texts[Int.random(in: texts.indices, using: &random)]
    }

    /// A whole number of any size, small ones as likely as large ones.
    mutating func count() -> UInt64 {
        random.next() >> UInt64.random(in: 0...63, using: &random)
    }

    mutating func time() -> Int64 {
        let range: ClosedRange<Int64> =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: -(1 << 61)...(1 << 61)
            case 1: 0...0
            default: -1_000_000...60_000_000_000
            }
        return Int64.random(in: range, using: &random)
    }

    mutating func optional<Value>(_ value: Value) -> Value? {
        Bool.random(using: &random) ? value : nil
    }

    mutating func fingerprint() -> Fingerprint {
        Fingerprint(high: random.next(), low: random.next())
    }

    mutating func body() -> RecordedBody {
        guard Bool.random(using: &random) else { return .empty }
        let bytes = bytes(upTo: 300)
        return RecordedBody(
            length: count(),
            wireLength: count(),
            fingerprint: fingerprint(),
            bytes: optional(bytes)
        )
    }

    mutating func message() -> RecordedMessage {
        RecordedMessage(
            head: bytes(upTo: 200),
            body: body(),
            trailers: bytes(upTo: 5),
            firstByteTime: time(),
            lastByteTime: time(),
            isComplete: .random(using: &random)
        )
    }

    mutating func exchange() -> Exchange {
        let interim = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            InterimResponse(head: bytes(upTo: 40), time: time())
        }
        let response = RecordedResponse(
            status: .random(in: 0...UInt16.max, using: &random),
            message: message()
        )
        let upstream = UpstreamTimes(
            requestFirstByte: optional(time()),
            responseFirstByte: optional(time()),
            responseLastByte: optional(time())
        )
        return Exchange(
            connection: count(),
            sequence: count(),
            request: message(),
            interim: interim,
            response: optional(response),
            end: ExchangeEnd.allCases.randomElement(using: &random) ?? .complete,
            upstream: optional(upstream)
        )
    }

    mutating func record() -> TraceRecord {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return .opened(
                ConnectionOpening(connection: count(), client: text(), server: text(), time: time())
            )
        case 1:
            return .closed(
                ConnectionClosing(
                    connection: count(),
                    time: time(),
                    by: ConnectionCloser.allCases.randomElement(using: &random) ?? .client
                )
            )
        default:
            return .exchange(exchange())
        }
    }

    mutating func result() -> Outcome.Result {
        let results =
            [Outcome.Result.completed] + Outcome.Failure.allCases.map { .failed($0) }
            + Outcome.Censoring.allCases.map { .censored($0) }
            + Outcome.UnsentReason.allCases.map { .unsent($0) }
        return results.randomElement(using: &random) ?? .completed
    }

    mutating func outcome() -> Outcome {
        var outcome = Outcome(
            index: count(),
            connection: count(),
            sequence: count(),
            method: text(),
            target: text(),
            due: time(),
            result: result()
        )
        outcome.liveConnection = optional(count())
        outcome.sent = optional(time())
        outcome.firstByte = optional(time())
        outcome.end = optional(time())
        outcome.blocked = time()
        outcome.connectDuration = optional(time())
        outcome.status = optional(UInt16.random(in: 0...UInt16.max, using: &random))
        outcome.requestByteCount = count()
        outcome.responseHeadByteCount = count()
        outcome.responseBodyByteCount = count()
        outcome.fingerprint = optional(fingerprint())
        outcome.serverMilliseconds = optional(count())
        outcome.requestID = optional(text())
        outcome.recordedStatus = optional(UInt16.random(in: 0...UInt16.max, using: &random))
        outcome.recordedFingerprint = optional(fingerprint())
        outcome.handshakeDuration = optional(Int64.random(in: 0...1 << 40, using: &random))
        outcome.keptFields = Bool.random(using: &random) ? Array(text().utf8) : []
        outcome.keptBody = optional(Array(text().utf8))
        outcome.contentFingerprint = optional(fingerprint())
        outcome.recordedContentFingerprint = optional(fingerprint())
        return outcome
    }
}
