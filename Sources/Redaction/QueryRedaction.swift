/// Replaces the values of parameters in queries and forms where they stand.
struct QueryRedaction {
    let names: [[UInt8]]
    let placeholder: Placeholder

    /// Redacts the query of a URL; returns how many values were replaced.
    func redactURL(_ range: Range<Int>, of bytes: inout [UInt8]) -> UInt64 {
        guard !names.isEmpty,
            let mark = bytes[range].firstIndex(of: UInt8(ascii: "?"))
        else { return 0 }
        let query = bytes[mark + 1..<range.upperBound]
        let end = query.firstIndex(of: UInt8(ascii: "#")) ?? range.upperBound
        return redactPairs(mark + 1..<end, of: &bytes)
    }

    /// Redacts `name=value` pairs with `&` or `;` between them; returns how many were replaced.
    func redactPairs(_ range: Range<Int>, of bytes: inout [UInt8]) -> UInt64 {
        guard !names.isEmpty else { return 0 }
        var count: UInt64 = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = bytes[start..<range.upperBound]
            let end =
                rest.firstIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }
                ?? range.upperBound
            if let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")),
                equals + 1 < end, names.contains(Self.decoded(bytes[start..<equals]))
            {
                placeholder.replace(equals + 1..<end, of: &bytes)
                count += 1
            }
            start = end + 1
        }
        return count
    }

    /// A name without percent-encoding, and with spaces for `+` (WHATWG URL, section 5.1).
    private static func decoded(_ name: ArraySlice<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(name.count)
        var rest = name
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return decoded
    }
}
