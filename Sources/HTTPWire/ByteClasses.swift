/// Which bytes may stand where in an HTTP/1.x message (RFC 9110, section 5.6; RFC 9112).
enum ByteClass {
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let semicolon: UInt8 = 0x3B
    static let comma: UInt8 = 0x2C

    /// Whether a byte may stand in a token: a method or a field name (RFC 9110, section 5.6.2).
    ///
    /// Letters first, which are most of every name; then one bit for each byte below 128, of which
    /// the first word has `!#$%&'*+-.` and the digits, the second one the letters and `` ^_`|~ ``.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        if (byte | 0x20) &- 0x61 < 26 { return true }
        let bits: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && bits & (1 << UInt64(byte & 63)) != 0
    }

    /// Whether a byte may stand in a field value (RFC 9110, section 5.5): visible, white space, or
    /// opaque data from 0x80 on.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= space && byte != 0x7F || byte == tab
    }

    /// Whether a byte is white space inside a line (RFC 9110, section 5.6.3).
    @inline(__always)
    static func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
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

    /// The lower-case form of an ASCII letter; any other byte as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}

extension Span<UInt8> {
    /// A copy of the bytes at `range` as an array.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Whether the bytes from `offset` on begin with this text.
    @inline(__always)
    func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset <= count, text.utf8CodeUnitCount <= count - offset else { return false }
        return text.withUTF8Buffer { expected in
            for position in 0..<expected.count {
                let byte = unsafe expected[position]
                if self[offset + position] != byte { return false }
            }
            return true
        }
    }

    /// Whether the bytes at `range`, in lower case, are this text.
    @inline(__always)
    func isEqual(_ range: Range<Int>, ignoringCase lowercasedText: StaticString) -> Bool {
        guard range.count == lowercasedText.utf8CodeUnitCount else { return false }
        return lowercasedText.withUTF8Buffer { expected in
            for position in 0..<range.count {
                let byte = unsafe expected[position]
                if ByteClass.lowercased(self[range.lowerBound + position]) != byte { return false }
            }
            return true
        }
    }
}

extension [UInt8] {
    /// Adds the bytes at `range` of a span.
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unsafe bytes.extracting(range).withUnsafeBufferPointer { buffer in
            unsafe append(contentsOf: buffer)
        }
    }
}
