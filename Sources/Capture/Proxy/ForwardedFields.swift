internal import HTTPWire

/// Adds `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` to the head of every request
/// on its way to the upstream.
///
/// All other bytes stay as they are, and so does everything behind a request that asks to leave
/// HTTP, or that is no HTTP/1.x. Sans-IO: holds a part of a head at most.
struct ForwardedFields {
    private let fields: [UInt8]
    private var requests = RequestDecoder()
    /// The bytes of a head that is not whole.
    private var head: [UInt8] = []
    private var isInMessage = false
    private var isOver = false

    /// Names the client and the protocol that it used.
    ///
    /// - Parameters:
    ///   - client: The client's address, without a port.
    ///   - isSecure: Whether the client speaks TLS.
    init(client: String, isSecure: Bool) {
        let scheme = isSecure ? "https" : "http"
        fields = Array("X-Forwarded-For: \(client)\r\nX-Forwarded-Proto: \(scheme)\r\n".utf8)
    }

    /// What goes to the upstream for these bytes of the client.
    mutating func forwarded(_ bytes: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 256)
        var start = 0
        do {
            var offset = 0
            while !isOver, let event = try requests.next(in: bytes, at: &offset) {
                if case .head(let head) = event {
                    output += withFields(head)
                    self.head = []
                    isInMessage = true
                    isOver = head.asksToLeaveHTTP
                } else {
                    output += bytes.copy(start..<offset)
                    if case .end = event { isInMessage = false }
                }
                start = offset
            }
        } catch {
            isOver = true
        }
        let rest = bytes.copy(start..<bytes.count)
        if isOver {
            output += head + rest
            head = []
        } else if isInMessage {
            output += rest
        } else {
            head += rest
        }
        return output
    }

    /// What is still to go to the upstream when the client has said all.
    mutating func remainder() -> [UInt8] {
        defer { head = [] }
        return head
    }

    private func withFields(_ head: RequestHead) -> [UInt8] {
        let bytes = head.bytes
        // The empty line ends in a line feed, perhaps with a carriage return before it.
        let isBare = bytes.dropLast().last == 0x0A
        let end = bytes.count - (isBare ? 1 : 2)
        var host: [UInt8] = []
        if let index = head.fields.firstIndex(of: "host") {
            let value = bytes[head.fields.valueRange(at: index)]
            host = Array("X-Forwarded-Host: ".utf8) + value + Array("\r\n".utf8)
        }
        return bytes[..<end] + fields + host + bytes[end...]
    }
}
