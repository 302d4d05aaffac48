/// Whether the bytes are one JSON value (RFC 8259), nested at most 127 deep as mik's parser has it.
func isJSON(_ bytes: Span<UInt8>) -> Bool {
    var position = skipWhitespace(bytes, from: 0)
    guard skipValue(bytes, at: &position, depth: 0) else { return false }
    return skipWhitespace(bytes, from: position) == bytes.count
}

private let depthLimit = 127

private func skipValue(_ bytes: Span<UInt8>, at position: inout Int, depth: Int) -> Bool {
    guard position < bytes.count else { return false }
    switch bytes[position] {
    case UInt8(ascii: "{"): return skipMembers(bytes, at: &position, isObject: true, depth: depth)
    case UInt8(ascii: "["): return skipMembers(bytes, at: &position, isObject: false, depth: depth)
    case UInt8(ascii: "\""): return skipString(bytes, at: &position)
    case UInt8(ascii: "t"): return skipWord("true", bytes, at: &position)
    case UInt8(ascii: "f"): return skipWord("false", bytes, at: &position)
    case UInt8(ascii: "n"): return skipWord("null", bytes, at: &position)
    default: return skipNumber(bytes, at: &position)
    }
}

/// Skips an object or an array from its opening to its closing bracket.
private func skipMembers(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    isObject: Bool,
    depth: Int
) -> Bool {
    guard depth < depthLimit else { return false }
    let closing = UInt8(ascii: isObject ? "}" : "]")
    position = skipWhitespace(bytes, from: position + 1)
    if skipByte(closing, bytes, at: &position) { return true }
    while true {
        if isObject {
            guard skipString(bytes, at: &position) else { return false }
            position = skipWhitespace(bytes, from: position)
            guard skipByte(UInt8(ascii: ":"), bytes, at: &position) else { return false }
            position = skipWhitespace(bytes, from: position)
        }
        guard skipValue(bytes, at: &position, depth: depth + 1) else { return false }
        position = skipWhitespace(bytes, from: position)
        if skipByte(closing, bytes, at: &position) { return true }
        guard skipByte(UInt8(ascii: ","), bytes, at: &position) else { return false }
        position = skipWhitespace(bytes, from: position)
    }
}

private func skipString(_ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    guard skipByte(UInt8(ascii: "\""), bytes, at: &position) else { return false }
    while position < bytes.count {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "\\"):
            guard position < bytes.count else { return false }
            let escape = bytes[position]
            position += 1
            if escape == UInt8(ascii: "u") {
                let digits = skipRun(bytes, at: &position, limit: 4) { $0.hexadecimalValue != nil }
                guard digits == 4 else { return false }
            } else if !"\"\\/bfnrt".utf8.contains(escape) {
                return false
            }
        case 0..<UInt8(ascii: " "): return false
        default: break
        }
    }
    return false
}

private func skipNumber(_ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    _ = skipByte(UInt8(ascii: "-"), bytes, at: &position)
    if !skipByte(UInt8(ascii: "0"), bytes, at: &position) {
        guard skipRun(bytes, at: &position, while: isDigit) > 0 else { return false }
    }
    if skipByte(UInt8(ascii: "."), bytes, at: &position) {
        guard skipRun(bytes, at: &position, while: isDigit) > 0 else { return false }
    }
    if skipRun(bytes, at: &position, limit: 1, while: { $0 | 0x20 == UInt8(ascii: "e") }) == 1 {
        if !skipByte(UInt8(ascii: "+"), bytes, at: &position) {
            _ = skipByte(UInt8(ascii: "-"), bytes, at: &position)
        }
        guard skipRun(bytes, at: &position, while: isDigit) > 0 else { return false }
    }
    return true
}

private func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
}

private func skipWord(_ word: String, _ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    for byte in word.utf8 {
        guard skipByte(byte, bytes, at: &position) else { return false }
    }
    return true
}

private func skipByte(_ byte: UInt8, _ bytes: Span<UInt8>, at position: inout Int) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
}

/// Skips bytes while they fit, and says how many they were.
private func skipRun(
    _ bytes: Span<UInt8>,
    at position: inout Int,
    limit: Int = .max,
    while fits: (UInt8) -> Bool
) -> Int {
    let start = position
    while position < bytes.count, position - start < limit, fits(bytes[position]) {
        position += 1
    }
    return position - start
}

private func skipWhitespace(_ bytes: Span<UInt8>, from position: Int) -> Int {
    var end = position
    while end < bytes.count, " \t\n\r".utf8.contains(bytes[end]) { end += 1 }
    return end
}
