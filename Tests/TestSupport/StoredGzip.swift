/// A gzip file (RFC 1952) of stored blocks, in members of up to `memberByteCount` bytes.
public func gzipFile(_ bytes: [UInt8], memberByteCount: Int = 60_000) -> [UInt8] {
    var file: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: memberByteCount) {
        let member = bytes[start..<min(start + memberByteCount, bytes.count)]
        let length = UInt16(member.count)
        file += [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
        file += littleEndian(length)
        file += littleEndian(~length)
        file += member
        file += littleEndian(cyclicRedundancyCheck(member))
        file += littleEndian(UInt32(member.count))
    }
    return file
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// CRC-32, bit by bit.
private func cyclicRedundancyCheck(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var register = UInt32.max
    for byte in bytes {
        register ^= UInt32(byte)
        for _ in 0..<8 {
            let isOdd = register & 1 == 1
            register >>= 1
            if isOdd { register ^= 0xEDB8_8320 }
        }
    }
    return ~register
}
