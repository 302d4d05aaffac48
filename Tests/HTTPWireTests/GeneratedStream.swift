import HTTPWire
import NIOHTTP1
import SeededRandom
import TestSupport

/// A random connection's bytes in one direction.
struct GeneratedStream {
    var bytes: [UInt8] = []
    /// The methods of the requests, or of those that the responses answer.
    var methods: [HTTPMethod] = []

    /// A few pipelined requests, all valid.
    static func requests(using random: inout SplitMix64) -> Self {
        var stream = Self()
        for number in (1...Int.random(in: 1...4, using: &random)).reversed() {
            let method =
                [HTTPMethod.GET, .POST, .PUT, .HEAD, .DELETE, .PROPFIND, .OPTIONS]
                .randomElement(using: &random) ?? .GET
            stream.methods.append(method)
            if Bool.random(using: &random) { stream.bytes += Array("\r\n".utf8) }
            let target = "/" + text(from: targetCharacters, upTo: 30, using: &random)
            let framing = Framing.random(in: Framing.ofRequests, using: &random)
            // Whether another request follows one in HTTP/1.0 is up to the server.
            let version =
                number == 1 && framing != .chunked && Bool.random(using: &random) ? "1.0" : "1.1"
            stream.appendHead("\(method.rawValue) \(target) HTTP/\(version)", using: &random)
            stream.appendBody(framing, using: &random)
        }
        return stream
    }

    /// A few responses, all valid; only the last one may go on until the connection ends.
    static func responses(using random: inout SplitMix64) -> Self {
        var stream = Self()
        for number in (1...Int.random(in: 1...4, using: &random)).reversed() {
            let method: HTTPMethod = Int.random(in: 0..<4, using: &random) == 0 ? .HEAD : .GET
            stream.methods.append(method)
            while Int.random(in: 0..<4, using: &random) == 0 {
                stream.appendHead("HTTP/1.1 103 Early Hints", using: &random)
                stream.bytes += Array("\r\n".utf8)
            }
            let status =
                [200, 201, 204, 206, 301, 304, 404, 429, 500, 503]
                .randomElement(using: &random) ?? 200
            let reason = text(from: targetCharacters + " ", upTo: 12, using: &random)
            stream.appendHead("HTTP/1.1 \(status) \(reason)", using: &random)
            let framings = number == 1 ? Framing.ofLastResponse : Framing.ofResponses
            let framing = Framing.random(in: framings, using: &random)
            if method == .HEAD || status == 204 || status == 304 {
                stream.bytes += Array("Content-Length: 5\r\n\r\n".utf8)
            } else {
                stream.appendBody(framing, using: &random)
            }
        }
        return stream
    }

    /// The same stream with a few bytes changed, taken out, put in, or repeated.
    func mutated(using random: inout SplitMix64) -> Self {
        var copy = self
        for _ in 0..<Int.random(in: 1...3, using: &random) where !copy.bytes.isEmpty {
            let place = Int.random(in: copy.bytes.indices, using: &random)
            let byte = Self.tellingBytes.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<6, using: &random) {
            case 0: copy.bytes[place] = byte
            case 1: copy.bytes.insert(byte, at: place)
            case 2: copy.bytes.remove(at: place)
            case 3: copy.bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 4: copy.insertTellingLine(behind: place, using: &random)
            default:
                let end = min(place + Int.random(in: 1...40, using: &random), copy.bytes.count)
                let other = Int.random(in: copy.bytes.indices, using: &random)
                copy.bytes.insert(contentsOf: copy.bytes[place..<end], at: other)
            }
        }
        return copy
    }

    /// Puts a line that changes the framing behind the line at `place`.
    private mutating func insertTellingLine(behind place: Int, using random: inout SplitMix64) {
        let lineFeed = bytes[place...].firstIndex(of: UInt8(ascii: "\n"))
        let line = Self.tellingLines.randomElement(using: &random) ?? ""
        bytes.insert(contentsOf: Array(line.utf8), at: (lineFeed ?? place - 1) + 1)
    }

    /// Lines that mean something to a parser.
    private static let tellingLines = [
        "\r\n", "\n", " folded\r\n", "0\r\n", "5\r\n", "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n",
        "Content-Length: 5\r\n", "Content-Length : 5\r\n", "Content-Length: 5,5\r\n",
        "Content-Length:\r\n", "Content-Length: 005\n", "content-length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "transfer-encoding: CHUNKED\n",
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: ,chunked\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding:\r\n", "Transfer-Encoding: xchunked\r\n", "Connection: close\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: h2c\r\n",
    ]
    /// Bytes that mean something to a parser.
    private static let tellingBytes = Array("\r\n \t\0:;,+-0159aFxX/\"\u{7F}".utf8)
    private static let targetCharacters = "abcXYZ019-._~%?&=/:@!$'()*+,;"

    private enum Framing {
        case none, length, chunked, untilClose

        static let ofRequests: [Self] = [.none, .length, .chunked]
        static let ofResponses: [Self] = [.length, .chunked]
        static let ofLastResponse: [Self] = [.length, .chunked, .untilClose]

        static func random(in cases: [Self], using random: inout SplitMix64) -> Self {
            cases.randomElement(using: &random) ?? .none
        }
    }

    /// Adds a start line and random field lines, without the empty line.
    private mutating func appendHead(_ startLine: String, using random: inout SplitMix64) {
        bytes += Array((startLine + "\r\nHost: a.test\r\n").utf8)
        for _ in 0..<Int.random(in: 0...6, using: &random) { appendField(using: &random) }
    }

    private mutating func appendField(using random: inout SplitMix64) {
        let name = "X-" + Self.text(from: "abcXYZ019!#$%&'*+-.^_`|~", upTo: 10, using: &random)
        let spaces = ["", " ", "  ", "\t"]
        bytes += Array((name + ":" + (spaces.randomElement(using: &random) ?? "")).utf8)
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let byte = UInt8.random(in: 0x20...0xFF, using: &random)
            bytes.append(byte == 0x7F ? 0x09 : byte)
        }
        bytes += Array(((spaces.randomElement(using: &random) ?? "") + "\r\n").utf8)
    }

    /// Adds the framing field, the empty line and a random body.
    private mutating func appendBody(_ framing: Framing, using random: inout SplitMix64) {
        let body = (0..<Int.random(in: 0...50, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        switch framing {
        case .none: bytes += Array("\r\n".utf8)
        case .length: bytes += Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
        case .untilClose: bytes += Array("\r\n".utf8) + body
        case .chunked:
            bytes += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
            appendChunks(of: body, using: &random)
        }
    }

    private mutating func appendChunks(of body: [UInt8], using random: inout SplitMix64) {
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Int.random(in: 1...20, using: &random))
            rest = rest.dropFirst(chunk.count)
            let size = String(chunk.count, radix: 16, uppercase: Bool.random(using: &random))
            let part = Bool.random(using: &random) ? ";name=value" : ""
            bytes += Array("\(size)\(part)\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        bytes += Array("0\r\n".utf8)
        for _ in 0..<Int.random(in: 0...2, using: &random) { appendField(using: &random) }
        bytes += Array("\r\n".utf8)
    }

    private static func text(
        from characters: String,
        upTo limit: Int,
        using random: inout SplitMix64
    ) -> String {
        String(
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in
                characters.randomElement(using: &random) ?? "a"
            }
        )
    }
}
