/// The two identities that mik gives a request: its own id and its place in a distributed trace.
struct RequestIdentity: Equatable {
    /// The value of `x-request-id`: a fresh version 4 UUID (RFC 9562, section 5.4).
    let requestID: String
    /// The value of `traceparent`: the client's own if it is valid, else a fresh one.
    let traceparent: String

    init(inboundTraceparent: String?, using generator: inout some RandomNumberGenerator) {
        requestID = uuidText(generator.next(), generator.next())
        if let echoed = inboundTraceparent.flatMap(validTraceparent) {
            traceparent = echoed
        } else {
            var text: [UInt8] = Array("00-".utf8)
            appendHexadecimal(of: generator.next(), to: &text)
            appendHexadecimal(of: generator.next(), to: &text)
            text.append(UInt8(ascii: "-"))
            appendHexadecimal(of: generator.next(), to: &text)
            text.append(contentsOf: "-01".utf8)
            traceparent = String(decoding: text, as: UTF8.self)
        }
    }

    /// The trace id inside `traceparent`, 32 digits.
    var traceID: Substring { traceparent.dropFirst(3).prefix(32) }
}

/// A version 00 `traceparent` in lower case with its flags reduced to 00 or 01; `nil` if not valid
/// (W3C Trace Context, section 3.2).
func validTraceparent(_ value: String) -> String? {
    var bytes = Array(value.utf8)
    guard bytes.count == 55, bytes[0] == UInt8(ascii: "0"), bytes[1] == UInt8(ascii: "0") else {
        return nil
    }
    for index in bytes.indices {
        if index == 2 || index == 35 || index == 52 {
            guard bytes[index] == UInt8(ascii: "-") else { return nil }
        } else {
            guard bytes[index].hexadecimalValue != nil else { return nil }
            bytes[index] |= 0x20
        }
    }
    let isZero = { (range: Range<Int>) in bytes[range].allSatisfy { $0 == UInt8(ascii: "0") } }
    guard !isZero(3..<35), !isZero(36..<52) else { return nil }
    let isSampled = (bytes[54].hexadecimalValue ?? 0) & 1 == 1
    return String(decoding: bytes[..<53], as: UTF8.self) + (isSampled ? "01" : "00")
}

private func uuidText(_ high: UInt64, _ low: UInt64) -> String {
    var digits: [UInt8] = []
    appendHexadecimal(of: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, to: &digits)
    appendHexadecimal(of: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000, to: &digits)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, digit) in digits.enumerated() {
        if index == 8 || index == 12 || index == 16 || index == 20 {
            text.append(UInt8(ascii: "-"))
        }
        text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
}

private func appendHexadecimal(of value: UInt64, to text: inout [UInt8]) {
    for shift in stride(from: 60, through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
        text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit of either case.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
