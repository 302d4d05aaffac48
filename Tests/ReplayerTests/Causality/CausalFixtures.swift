import HTTPWire
import TraceFormat

@testable import Replayer

/// A body whose bytes are in the trace.
func recordedBody(_ text: String) -> RecordedBody {
    let bytes = Array(text.utf8)
    return RecordedBody(
        length: UInt64(bytes.count),
        wireLength: UInt64(bytes.count),
        fingerprint: Fingerprint(of: bytes),
        bytes: bytes
    )
}

/// An exchange with the lines of its heads, and bodies where there are any.
func exchange(
    on connection: UInt64 = 0,
    sequence: UInt64 = 0,
    at time: Int64,
    answeredAt end: Int64,
    _ request: [String],
    body: String = "",
    answer: [String] = [],
    json: String? = nil
) -> Exchange {
    let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
    let requestHead =
        ([request[0] + " HTTP/1.1", "Host: shop"] + request.dropFirst() + length)
        .map { $0 + "\r\n" }.joined() + "\r\n"
    var exchange = recordedExchange(
        connection: connection,
        sequence: sequence,
        head: requestHead,
        body: recordedBody(body),
        at: time,
        answeredAt: end
    )
    let type = json == nil ? [] : ["Content-Type: application/json"]
    let answerHead = (["HTTP/1.1 200 OK"] + answer + type).map { $0 + "\r\n" }.joined() + "\r\n"
    exchange.response?.message.head = Array(answerHead.utf8)
    exchange.response?.message.body = recordedBody(json ?? "")
    return exchange
}

/// What is found in exchanges, all of which are played unless said otherwise.
func edges(
    in exchanges: [Exchange],
    played: (UInt64) -> Bool = { _ in true },
    valueLimit: Int = 100,
    edgeLimit: Int = 100
) -> CausalEdges {
    var finder = CausalFinder(valueLimit: valueLimit, edgeLimit: edgeLimit)
    for (index, exchange) in exchanges.enumerated() {
        finder.add(exchange, index: UInt64(index), isPlayed: played(UInt64(index)))
    }
    return finder.finish()
}

extension CausalEdges {
    /// Which values a request carries, as `producer:value`.
    func causes(of consumer: UInt64) -> [String] {
        numbers(ofConsumer: consumer).map { number in
            let value = values[Int(number)]
            return "\(value.producer):\(String(decoding: value.bytes, as: UTF8.self))"
        }
    }
}
