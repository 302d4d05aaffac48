import Benchmark
import HTTPWire
import SyntheticTraffic

/// Taking the bytes of a connection apart into messages.
func framingBenchmarks() {
    let traffic = SyntheticTraffic(requestCount: UInt64(Scale.count), connectionCount: 1)
    Benchmark("framing.requests") { benchmark in
        let stream = (0..<traffic.requestCount).flatMap { traffic.requestHead($0) }
        let messageCount = try benchmark.measuring {
            var decoder = RequestDecoder()
            return try countMessages(in: stream) { (bytes, offset) throws(WireError) in
                try decoder.next(in: bytes, at: &offset).map { $0 == .end }
            }
        }
        precondition(messageCount == Scale.count, "a request was lost")
    }
    for (name, response) in [
        ("responses-with-length", "Content-Length: 12\r\n\r\n{\"stock\":12}"),
        ("chunked-responses", "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"stock\":12}\r\n0\r\n\r\n"),
    ] {
        let head = "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/json\r\n"
        Benchmark("framing.\(name)") { benchmark in
            let one = Array((head + response).utf8)
            let stream = Array(repeatElement(one, count: Scale.count).joined())
            let messageCount = try benchmark.measuring {
                var decoder = ResponseDecoder()
                return try countMessages(in: stream) { (bytes, offset) throws(WireError) in
                    try decoder.next(in: bytes, at: &offset, answering: .other).map { $0 == .end }
                }
            }
            precondition(messageCount == Scale.count, "a response was lost")
        }
    }
}

/// Feeds a stream to a decoder in pieces of the size that a socket gives, and counts the messages.
///
/// `isEnd` reads on and says whether it found the end of a message; `nil` asks for more bytes.
private func countMessages(
    in stream: [UInt8],
    isEnd: (Span<UInt8>, inout Int) throws(WireError) -> Bool?
) throws(WireError) -> Int {
    let pieceSize = 2048
    var messageCount = 0
    var start = 0
    while start < stream.count {
        let end = min(start + pieceSize, stream.count)
        let piece = stream.span.extracting(start..<end)
        var offset = 0
        while let isEnd = try isEnd(piece, &offset) {
            if isEnd { messageCount += 1 }
        }
        start = end
    }
    return messageCount
}
