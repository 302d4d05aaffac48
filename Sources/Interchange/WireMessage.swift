internal import HTTPWire
internal import TraceFormat

/// Messages as bytes on the wire, from what a trace has of them and back.
enum WireMessage {
    /// What was found in bytes; its times are zero.
    struct Finding {
        /// The request, or the final response.
        var message: RecordedMessage
        /// The status of a response; zero of a request.
        var status: UInt16 = 0
        /// The heads of 1xx responses in front of it.
        var interim: [[UInt8]] = []
        /// How many bytes stand behind its end.
        var bytesBehind: Int
    }

    /// Reads the bytes of one request; `nil` when they are none of HTTP/1.x.
    static func request(_ bytes: [UInt8]) -> Finding? {
        var decoder = RequestDecoder()
        var parts = Parts()
        var offset = 0
        do throws(WireError) {
            while let event = try decoder.next(in: bytes.span, at: &offset) {
                switch event {
                case .padding(let range): parts.bodyStart = range.upperBound
                case .head(let head): parts.begin(head.bytes, at: offset)
                case .body(let range): parts.body += bytes[range]
                case .trailers(let section): parts.trailers = section
                case .end: return parts.finding(isComplete: true, end: offset, of: bytes)
                case .opaque: break
                }
            }
        } catch {
            return nil
        }
        return parts.finding(isComplete: false, end: bytes.count, of: bytes)
    }

    /// Reads the bytes of one final response to a request with this head; `nil` when they are none
    /// of HTTP/1.x.
    static func response(_ bytes: [UInt8], answering requestHead: [UInt8]) -> Finding? {
        let line = StartLine(ofRequest: requestHead)
        let method: AnsweredMethod =
            switch String(decoding: requestHead[line.first], as: UTF8.self) {
            case "HEAD": .head
            case "CONNECT": .connect
            default: .other
            }
        var decoder = ResponseDecoder()
        var parts = Parts()
        var offset = 0
        do throws(WireError) {
            while let event = try decoder.next(in: bytes.span, at: &offset, answering: method) {
                switch event {
                case .padding, .opaque: break
                case .interim(let head): parts.interim.append(head.bytes)
                case .head(let head):
                    parts.status = head.status
                    parts.begin(head.bytes, at: offset)
                case .body(let range): parts.body += bytes[range]
                case .trailers(let section): parts.trailers = section
                case .end: return parts.finding(isComplete: true, end: offset, of: bytes)
                }
            }
        } catch {
            return nil
        }
        let isComplete = decoder.inputEnded() == .bodyEnded
        return parts.finding(isComplete: isComplete, end: bytes.count, of: bytes)
    }

    private struct Parts {
        var head: [UInt8]?
        var status: UInt16 = 0
        var interim: [[UInt8]] = []
        var bodyStart = 0
        var body: [UInt8] = []
        var trailers: [UInt8] = []

        mutating func begin(_ head: [UInt8], at bodyStart: Int) {
            self.head = head
            self.bodyStart = bodyStart
        }

        func finding(isComplete: Bool, end: Int, of bytes: [UInt8]) -> Finding? {
            guard let head else { return nil }
            let wireLength = UInt64(end - bodyStart)
            return Finding(
                message: RecordedMessage(
                    head: head,
                    body: RecordedBody(
                        length: UInt64(body.count),
                        wireLength: wireLength,
                        fingerprint: Fingerprint(of: body),
                        bytes: body
                    ),
                    trailers: trailers,
                    firstByteTime: 0,
                    lastByteTime: 0,
                    isComplete: isComplete
                ),
                status: status,
                interim: interim,
                bytesBehind: bytes.count - end
            )
        }
    }
}

extension RecordedMessage {
    /// Whether the head says that the body is in chunks (RFC 9112, section 6.1).
    var isChunked: Bool {
        MessageHead(ofRequest: head).value(of: "transfer-encoding")?.lowercased()
            .hasSuffix("chunked") ?? false
    }

    /// The message as HTTP/1.x on the wire; a body in chunks is written as one chunk, and one whose
    /// bytes are not known is left out.
    func wireBytes(_ head: MessageHead) -> [UInt8] {
        var wire = head.isHTTP2 ? http1Head(head) : self.head
        guard let bytes = body.bytes else { return wire }
        guard isChunked else { return wire + bytes }
        if !bytes.isEmpty {
            wire += "\(String(bytes.count, radix: 16))\r\n".utf8
            wire += bytes
            wire += "\r\n".utf8
        }
        guard isComplete else { return wire }
        return wire + Array("0\r\n".utf8) + trailers + Array("\r\n".utf8)
    }

    /// The head of an HTTP/2 message for HTTP/1.1, where the end of a body must be told.
    private func http1Head(_ head: MessageHead) -> [UInt8] {
        var head = head
        if head.third == "HTTP/2" { head.third = "HTTP/1.1" }
        if head.first == "HTTP/2" { head.first = "HTTP/1.1" }
        if body.length > 0, head.value(of: "content-length") == nil {
            head.fields.append(.init(name: "content-length", value: "\(body.length)"))
        }
        return head.bytes
    }
}
