/// Which bytes may stand where in an HTTP/1.x message (RFC 9110, section 5.6; RFC 9112).
enum ByteClass {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let comma: UInt8 = 0x2C

    /// Whether a byte may stand in a token: a method or a field name (RFC 9110, section 5.6.2).
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        byte < 128 ? tokenBits[byte < 64 ? 0 : 1] & (1 << UInt64(byte & 63)) != 0 : false
    }

    /// Whether a byte may stand in a field value (RFC 9110, section 5.5): visible, white space, or
    /// opaque data from 0x80 on.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= space && byte != 0x7F || byte == tab
    }

    /// Whether a byte may stand in a request target: anything but controls and white space.
    ///
    /// Bytes from 0x80 on are no URI characters, but real clients send them.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > space && byte != 0x7F
    }

    /// The value of a hexadecimal digit of either case.
    @inline(__always)
    static func hexadecimalValue(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The value of a decimal digit.
    @inline(__always)
    static func decimalValue(of byte: UInt8) -> UInt8? {
        byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : nil
    }

    /// One bit for each byte below 128 that may stand in a token.
    private static let tokenBits: InlineArray<2, UInt64> = {
        var bits: InlineArray<2, UInt64> = [0, 0]
        let allowed =
            "!#$%&'*+-.^_`|~0123456789"
            + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for byte in allowed.utf8 {
            bits[byte < 64 ? 0 : 1] |= 1 << UInt64(byte & 63)
        }
        return bits
    }()
}

extension Span<UInt8> {
    /// A copy of the bytes at `range` as an array.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
    }
}
