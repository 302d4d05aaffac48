internal import CZlib

/// The CRC-32 of zlib over the bytes at `range`.
func checksum(of bytes: [UInt8], in range: Range<Int>) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
        let part = unsafe UnsafeBufferPointer(rebasing: buffer[range])
        return UInt32(truncatingIfNeeded: unsafe crc32_z(0, part.baseAddress, part.count))
    }
}

/// Compresses a payload to a zlib stream.
///
/// The fastest level, because a recorder shares its machine with the server that it records.
func deflated(_ raw: [UInt8]) -> [UInt8] {
    let bound = Int(compressBound(UInt(raw.count)))
    return unsafe [UInt8](unsafeUninitializedCapacity: bound) { stored, storedCount in
        var size = UInt(bound)
        let status = unsafe raw.withUnsafeBufferPointer { raw in
            unsafe compress2(
                stored.baseAddress,
                &size,
                raw.baseAddress,
                UInt(raw.count),
                Z_BEST_SPEED
            )
        }
        guard status == Z_OK else {
            preconditionFailure("zlib refused \(raw.count) bytes with status \(status)")
        }
        storedCount = Int(size)
    }
}

/// Inflates the bytes at `range`, which must be one whole zlib stream of exactly `rawSize` bytes.
func inflated(
    _ bytes: [UInt8],
    in range: Range<Int>,
    rawSize: Int
) throws(BlockFault) -> [UInt8] {
    var isWhole = false
    let raw = unsafe [UInt8](unsafeUninitializedCapacity: rawSize) { raw, rawCount in
        var size = UInt(rawSize)
        var used = UInt(range.count)
        let status = unsafe bytes.withUnsafeBufferPointer { bytes in
            let stored = unsafe UnsafeBufferPointer(rebasing: bytes[range])
            return unsafe uncompress2(raw.baseAddress, &size, stored.baseAddress, &used)
        }
        isWhole = status == Z_OK && size == UInt(rawSize) && used == UInt(range.count)
        rawCount = isWhole ? rawSize : 0
    }
    guard isWhole else { throw .inflation }
    return raw
}
