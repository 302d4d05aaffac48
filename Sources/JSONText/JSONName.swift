/// The names of members in JSON text, and other strings in it.
public enum JSONName {
    /// The UTF-8 of a string, given what stands between its quotation marks.
    public static func decoded(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard content.contains(UInt8(ascii: "\\")) else { return content }
        var units: [UInt8] = []
        var rest = content
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                units.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"): units += character(&rest)
            default: units.append(escaped)
            }
        }
        return units[...]
    }

    /// The character behind `\u`, which may take a second escape (RFC 8259, section 7).
    private static func character(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        var units = [codeUnit(&rest)]
        if UTF16.isLeadSurrogate(units[0]), rest.starts(with: Array("\\u".utf8)) {
            rest = rest.dropFirst(2)
            units.append(codeUnit(&rest))
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private static func codeUnit(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        defer { rest = rest.dropFirst(4) }
        let digits = String(decoding: rest.prefix(4), as: UTF8.self)
        return UInt16(digits, radix: 16) ?? 0xFFFD
    }
}
