import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// A message as any decoder understands it, for comparing ours with another.
struct DecodedMessage: Equatable {
    struct Field: Equatable {
        var name: String
        var value: String
    }

    /// The method and the target, or the status.
    var start: [String]
    var minorVersion: Int
    var fields: [Field]
    var body: [UInt8] = []
    var trailers: [Field] = []
}

/// What a decoder made of a connection's bytes.
struct DecodedStream {
    /// The messages that are complete; interim responses are messages of their own.
    var messages: [DecodedMessage] = []
    /// What the decoder rejected, if anything.
    var error: (any Error)?
    private var open: DecodedMessage?

    fileprivate mutating func begin(_ message: DecodedMessage) {
        // NIO has no end for an interim response.
        finish()
        open = message
    }

    fileprivate mutating func append(_ bytes: some Sequence<UInt8>) {
        open?.body += bytes
    }

    fileprivate mutating func finish(trailers: [DecodedMessage.Field] = []) {
        guard var message = open else { return }
        message.trailers += trailers
        messages.append(message)
        open = nil
    }
}

extension DecodedMessage.Field {
    /// The field lines of a head or of a trailer section.
    fileprivate static func all(of fields: HeaderFields) -> [Self] {
        (0..<fields.count).map { Self(name: fields.name(at: $0), value: fields.value(at: $0)) }
    }

    fileprivate static func all(of headers: HTTPHeaders) -> [Self] {
        headers.map { Self(name: $0.name, value: trimmingWhiteSpace($0.value)) }
    }

    fileprivate static func all(ofTrailers section: [UInt8]) -> [Self] {
        section.split(separator: UInt8(ascii: "\n")).map { line in
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            let value = parts.count > 1 ? parts[1].prefix { $0 != UInt8(ascii: "\r") } : []
            return Self(
                name: String(decoding: parts[0], as: UTF8.self),
                value: trimmingWhiteSpace(String(decoding: value, as: UTF8.self))
            )
        }
    }

    /// By scalars: a space with a combining mark behind it is another character.
    private static func trimmingWhiteSpace(_ value: String) -> String {
        let isWhiteSpace: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
        let start = value.unicodeScalars.drop(while: isWhiteSpace)
        let end = start.lastIndex { !isWhiteSpace($0) }
        return end.map { String(start[...$0]) } ?? ""
    }
}

/// The requests that our decoder finds.
func decodeRequests(_ input: [UInt8]) -> DecodedStream {
    var stream = DecodedStream()
    var decoder = RequestDecoder()
    var offset = 0
    do {
        while let event = try decoder.next(in: input.span, at: &offset) {
            switch event {
            case .head(let head):
                stream.begin(
                    DecodedMessage(
                        start: [head.method, head.target],
                        minorVersion: head.version == .http1_0 ? 0 : 1,
                        fields: DecodedMessage.Field.all(of: head.fields)
                    )
                )
            case .body(let range): stream.append(input[range])
            case .trailers(let section):
                stream.finish(trailers: DecodedMessage.Field.all(ofTrailers: section))
            case .end: stream.finish()
            case .padding, .opaque: break
            }
        }
    } catch { stream.error = error }
    return stream
}

/// The responses that our decoder finds.
func decodeResponses(_ input: [UInt8], answering methods: [AnsweredMethod]) -> DecodedStream {
    var stream = DecodedStream()
    var decoder = ResponseDecoder()
    var methods = methods[...]
    var offset = 0
    do {
        while let event = try decoder.next(
            in: input.span,
            at: &offset,
            answering: methods.first ?? .other
        ) {
            switch event {
            case .head(let head), .interim(let head):
                stream.begin(
                    DecodedMessage(
                        start: ["\(head.status)"],
                        minorVersion: head.version == .http1_0 ? 0 : 1,
                        fields: DecodedMessage.Field.all(of: head.fields)
                    )
                )
            case .body(let range): stream.append(input[range])
            case .trailers(let section):
                stream.finish(trailers: DecodedMessage.Field.all(ofTrailers: section))
            case .end:
                stream.finish()
                methods = methods.dropFirst()
            case .padding, .opaque: break
            }
        }
    } catch { stream.error = error }
    if decoder.inputEnded() == .bodyEnded { stream.finish() }
    return stream
}

/// The requests that NIOHTTP1 finds.
func decodeRequestsWithNIO(_ input: [UInt8]) -> DecodedStream {
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
    var stream = DecodedStream()
    stream.error = feed(input, to: channel)
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
        switch part {
        case .head(let head):
            stream.begin(
                DecodedMessage(
                    start: [head.method.rawValue, head.uri],
                    minorVersion: head.version.minor,
                    fields: DecodedMessage.Field.all(of: head.headers)
                )
            )
        case .body(let buffer): stream.append(buffer.readableBytesView)
        case .end(let trailers):
            stream.finish(trailers: DecodedMessage.Field.all(of: trailers ?? [:]))
        }
    }
    return stream
}

/// The responses that NIOHTTP1 finds.
func decodeResponsesWithNIO(_ input: [UInt8], answering methods: [HTTPMethod]) -> DecodedStream {
    let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward)
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
    var stream = DecodedStream()
    do {
        for method in methods {
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
        }
    } catch {
        stream.error = error
        return stream
    }
    stream.error = feed(input, to: channel)
    while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
        switch part {
        case .head(let head):
            stream.begin(
                DecodedMessage(
                    start: ["\(head.status.code)"],
                    minorVersion: head.version.minor,
                    fields: DecodedMessage.Field.all(of: head.headers)
                )
            )
        case .body(let buffer): stream.append(buffer.readableBytesView)
        case .end(let trailers):
            stream.finish(trailers: DecodedMessage.Field.all(of: trailers ?? [:]))
        }
    }
    return stream
}

/// Delivers all bytes and the end of the connection; returns what the channel rejected.
private func feed(_ input: [UInt8], to channel: EmbeddedChannel) -> (any Error)? {
    do {
        try channel.writeInbound(ByteBuffer(bytes: input))
        _ = try channel.finish()
        return nil
    } catch {
        // Closes the channel; the first error is the one that counts.
        _ = try? channel.finish()
        return error
    }
}
