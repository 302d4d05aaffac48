internal import HTTPWire

/// Settings of HTTP/2 that a client sends ahead of its frames.
enum HTTP2Settings {
    /// The payload of a SETTINGS frame that a request of HTTP/1.1 carries in `HTTP2-Settings`
    /// (RFC 7540, section 3.2.1); `nil` when it does not offer to go on with HTTP/2.
    static func offered(by head: RequestHead) -> [UInt8]? {
        guard head.offersHTTP2, let index = head.fields.firstIndex(of: "http2-settings") else {
            return nil
        }
        return decoded(head.bytes[head.fields.valueRange(at: index)])
    }

    /// Decodes base64url without padding (RFC 4648, section 5), up to the first other byte.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, bitCount): (UInt32, Int) = (0, 0)
        for digit in text {
            guard let value = value(of: digit) else { break }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
