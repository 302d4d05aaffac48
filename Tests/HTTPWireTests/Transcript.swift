import HTTPWire
import TestSupport
import Testing

/// What a decoder said about a connection's bytes, with the pieces of one thing joined.
///
/// Text stands for bytes here, one character of Latin-1 for each.
struct Transcript: Equatable {
    enum Entry: Equatable {
        case padding(String)
        case head(String)
        case interim(String)
        case body(String)
        case trailers(String)
        case end
        case opaque(String)
        /// The decoder was paused in front of these bytes.
        case paused(String)
        case failed(WireError)
    }

    private(set) var entries: [Entry] = []
    var endOfInput: EndOfInput?

    mutating func append(_ entry: Entry) {
        switch (entries.last, entry) {
        case (.padding(let text), .padding(let more)):
            entries[entries.count - 1] = .padding(text + more)
        case (.body(let text), .body(let more)):
            entries[entries.count - 1] = .body(text + more)
        case (.opaque(let text), .opaque(let more)):
            entries[entries.count - 1] = .opaque(text + more)
        default: entries.append(entry)
        }
    }

    /// The last entry if it is an error.
    var error: WireError? {
        if case .failed(let error) = entries.last { error } else { nil }
    }
}

/// The bytes that a text of Latin-1 characters stands for.
func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// The text that stands for these bytes.
func text(_ bytes: some Sequence<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// What a request decoder says, which must be the same at every cut.
///
/// A paused decoder goes on as `resumingInTunnel` says, or not at all.
func transcriptOfRequests(
    _ input: String,
    limits: DecoderLimits = DecoderLimits(),
    resumingInTunnel: Bool? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Transcript {
    sameAtEveryCut(of: input, sourceLocation) { pieces in
        transcriptOfRequests(inPieces: pieces, limits, resumingInTunnel)
    }
}

/// What a response decoder says, which must be the same at every cut.
///
/// `methods` are those of the requests that are answered, in their order.
func transcriptOfResponses(
    _ input: String,
    answering methods: [AnsweredMethod] = [],
    limits: DecoderLimits = DecoderLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> Transcript {
    sameAtEveryCut(of: input, sourceLocation) { pieces in
        transcriptOfResponses(inPieces: pieces, answering: methods, limits)
    }
}

private func sameAtEveryCut(
    of input: String,
    _ sourceLocation: SourceLocation,
    _ decode: ([ArraySlice<UInt8>]) -> Transcript
) -> Transcript {
    let whole = decode([bytes(input)[...]])
    for cut in EveryCut(of: bytes(input)) {
        #expect(decode(cut.pieces) == whole, "\(cut)", sourceLocation: sourceLocation)
    }
    return whole
}

/// What a request decoder says about bytes that come in these pieces.
func transcriptOfRequests(
    inPieces pieces: [ArraySlice<UInt8>],
    _ limits: DecoderLimits = DecoderLimits(),
    _ resumingInTunnel: Bool? = nil
) -> Transcript {
    var decoder = RequestDecoder(limits: limits)
    var transcript = Transcript()
    var unread: [UInt8] = []
    for piece in pieces {
        // The bytes stand behind others, as they do in a buffer that is used again.
        let buffer = [0xFF, 0xFF, 0xFF] + unread + piece
        var offset = 3
        do {
            while true {
                if decoder.isPaused, let resumingInTunnel {
                    decoder.resume(inTunnel: resumingInTunnel)
                }
                guard let event = try decoder.next(in: buffer.span, at: &offset) else { break }
                transcript.append(Transcript.Entry(event, in: buffer))
            }
        } catch {
            transcript.append(.failed(error))
            return transcript
        }
        unread = Array(buffer[offset...])
    }
    if decoder.isPaused { transcript.append(.paused(text(unread))) }
    transcript.endOfInput = decoder.inputEnded()
    return transcript
}

/// What a response decoder says about bytes that come in these pieces.
func transcriptOfResponses(
    inPieces pieces: [ArraySlice<UInt8>],
    answering methods: [AnsweredMethod],
    _ limits: DecoderLimits = DecoderLimits()
) -> Transcript {
    var decoder = ResponseDecoder(limits: limits)
    var transcript = Transcript()
    var methods = methods[...]
    for piece in pieces {
        let buffer = [0xFF, 0xFF, 0xFF] + piece
        var offset = 3
        do {
            while let event = try decoder.next(
                in: buffer.span,
                at: &offset,
                answering: methods.first ?? .other
            ) {
                transcript.append(Transcript.Entry(event, in: buffer))
                if event == .end { methods = methods.dropFirst() }
            }
        } catch {
            transcript.append(.failed(error))
            return transcript
        }
        #expect(offset == buffer.count, "a response decoder leaves no bytes unread")
    }
    transcript.endOfInput = decoder.inputEnded()
    return transcript
}

extension Transcript.Entry {
    fileprivate init(_ event: RequestDecoder.Event, in buffer: [UInt8]) {
        switch event {
        case .padding(let range): self = .padding(text(buffer[range]))
        case .head(let head): self = .head(text(head.bytes))
        case .body(let range): self = .body(text(buffer[range]))
        case .trailers(let section): self = .trailers(text(section))
        case .end: self = .end
        case .opaque(let range): self = .opaque(text(buffer[range]))
        }
    }

    fileprivate init(_ event: ResponseDecoder.Event, in buffer: [UInt8]) {
        switch event {
        case .padding(let range): self = .padding(text(buffer[range]))
        case .interim(let head): self = .interim(text(head.bytes))
        case .head(let head): self = .head(text(head.bytes))
        case .body(let range): self = .body(text(buffer[range]))
        case .trailers(let section): self = .trailers(text(section))
        case .end: self = .end
        case .opaque(let range): self = .opaque(text(buffer[range]))
        }
    }
}

/// A text with an arrow in front of the byte where the decoder must fail.
struct MarkedInput: CustomTestStringConvertible {
    let input: String
    let error: WireError

    init(_ marked: String, _ reason: WireError.Reason) {
        let scalars = marked.unicodeScalars
        guard let arrow = scalars.firstIndex(of: "→") else {
            preconditionFailure("an arrow marks the byte where the decoder must fail")
        }
        error = WireError(reason, at: scalars.distance(from: scalars.startIndex, to: arrow))
        input = marked.replacing("→", with: "")
    }

    var testDescription: String { "\(input.debugDescription): \(error.reason)" }
}
