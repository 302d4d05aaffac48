internal import CZlib

/// The CRC-32 of zlib over the bytes at `range`.
func checksum(of bytes: [UInt8], in range: Range<Int>) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
        let part = unsafe UnsafeBufferPointer(rebasing: buffer[range])
        return UInt32(truncatingIfNeeded: unsafe crc32_z(0, part.baseAddress, part.count))
    }
}

/// Compresses bytes to a zlib stream, which may refer back into a dictionary.
///
/// docs/performance.md has the figures that the level was chosen by.
package func deflated(_ raw: [UInt8], dictionary: [UInt8] = []) -> [UInt8] {
    unsafe withUnsafeTemporaryAllocation(of: z_stream.self, capacity: 1) { memory in
        guard let stream = memory.baseAddress else { fatalError("no memory") }
        unsafe stream.initialize(to: z_stream())
        let structureSize = Int32(unsafe MemoryLayout<z_stream>.size)
        var status = unsafe deflateInit_(stream, compressionLevel, ZLIB_VERSION, structureSize)
        precondition(status == Z_OK, "zlib has no memory: status \(status)")
        defer { unsafe deflateEnd(stream) }
        if !dictionary.isEmpty {
            status = unsafe deflateSetDictionary(stream, dictionary, UInt32(dictionary.count))
            precondition(status == Z_OK, "zlib refused a dictionary with status \(status)")
        }
        let bound = Int(unsafe deflateBound(stream, UInt(raw.count)))
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { stored, storedCount in
            status = unsafe raw.withUnsafeBufferPointer { raw in
                unsafe run(stream, raw, into: stored) { unsafe deflate($0, Z_FINISH) }
            }
            precondition(status == Z_STREAM_END, "zlib refused bytes with status \(status)")
            storedCount = Int(unsafe stream.pointee.total_out)
        }
    }
}

private let compressionLevel: Int32 = 6

/// Inflates the bytes at `range`, which must be one whole zlib stream of exactly `rawSize` bytes
/// that refers back into nothing but `dictionary`.
func inflated(
    _ bytes: [UInt8],
    in range: Range<Int>,
    rawSize: Int,
    dictionary: [UInt8] = []
) throws(BlockFault) -> [UInt8] {
    var isWhole = false
    let raw = unsafe [UInt8](unsafeUninitializedCapacity: rawSize) { raw, rawCount in
        isWhole = unsafe bytes.withUnsafeBufferPointer { bytes in
            let stored = unsafe UnsafeBufferPointer(rebasing: bytes[range])
            return unsafe inflate(stored, into: raw, dictionary: dictionary)
        }
        rawCount = isWhole ? rawSize : 0
    }
    guard isWhole else { throw .inflation }
    return raw
}

/// Fills `raw` from a zlib stream; false when it has another size or is none.
private func inflate(
    _ stored: UnsafeBufferPointer<UInt8>,
    into raw: UnsafeMutableBufferPointer<UInt8>,
    dictionary: [UInt8]
) -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: z_stream.self, capacity: 1) { memory in
        guard let stream = memory.baseAddress else { fatalError("no memory") }
        unsafe stream.initialize(to: z_stream())
        let structureSize = Int32(unsafe MemoryLayout<z_stream>.size)
        guard unsafe inflateInit_(stream, ZLIB_VERSION, structureSize) == Z_OK else {
            return false
        }
        defer { unsafe inflateEnd(stream) }
        let status = unsafe run(stream, stored, into: raw) { stream in
            var status = unsafe CZlib.inflate(stream, Z_FINISH)
            if status == Z_NEED_DICT, !dictionary.isEmpty {
                status = unsafe inflateSetDictionary(stream, dictionary, UInt32(dictionary.count))
                if status == Z_OK { status = unsafe CZlib.inflate(stream, Z_FINISH) }
            }
            return status
        }
        return unsafe status == Z_STREAM_END && stream.pointee.total_out == UInt(raw.count)
            && stream.pointee.avail_in == 0
    }
}

/// Points a stream at its whole input and room for its whole output, and runs it.
private func run(
    _ stream: UnsafeMutablePointer<z_stream>,
    _ input: UnsafeBufferPointer<UInt8>,
    into output: UnsafeMutableBufferPointer<UInt8>,
    _ body: (UnsafeMutablePointer<z_stream>) -> Int32
) -> Int32 {
    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer<UInt8>(mutating: input.baseAddress)
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = UInt32(output.count)
    return unsafe body(stream)
}
