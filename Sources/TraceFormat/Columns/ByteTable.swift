internal import Glibc

/// Byte strings with numbers: each string has the place of its first appearance, from 0.
///
/// It is looked up by a hash with a seed of the process, so that recorded traffic cannot be made
/// to collide; the numbers do not depend on the seed.
struct ByteTable: Sendable {
    /// All strings, one after the other.
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// The numbers by their hashes, open addressing with steps of one; -1 is free.
    private var slots: [Int32] = []

    /// How many strings there are.
    var count: Int { ends.count }

    /// Where a string stands in `bytes`.
    subscript(number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    /// Whether the string with this number is the one at `range` of other bytes.
    func isEqual(_ number: Int, _ other: [UInt8], _ range: Range<Int>) -> Bool {
        bytes.hasEqualBytes(at: self[number], as: other, at: range)
    }

    /// The number of the string at `range` of other bytes, which is added when it is new.
    mutating func insert(_ other: [UInt8], _ range: Range<Int>) -> (number: Int, isNew: Bool) {
        if ends.count * 2 >= slots.count { grow() }
        let hash = other.hash(of: range)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if hashes[number] == hash, isEqual(number, other, range) { return (number, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(ends.count)
        hashes.append(hash)
        bytes.append(contentsOf: other[range])
        ends.append(bytes.count)
        return (ends.count - 1, true)
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: max(16, slots.count * 2))
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }
}

private let hashSeed = UInt64.random(in: .min ... .max)

extension [UInt8] {
    /// Whether the bytes at two places are the same.
    func hasEqualBytes(at range: Range<Int>, as other: [UInt8], at otherRange: Range<Int>) -> Bool {
        guard range.count == otherRange.count else { return false }
        guard !range.isEmpty else { return true }
        return unsafe withUnsafeBufferPointer { bytes in
            unsafe other.withUnsafeBufferPointer { other in
                let bytes = unsafe UnsafeBufferPointer(rebasing: bytes[range])
                let other = unsafe UnsafeBufferPointer(rebasing: other[otherRange])
                guard let bytes = bytes.baseAddress, let other = other.baseAddress else {
                    return true
                }
                return unsafe memcmp(bytes, other, range.count) == 0
            }
        }
    }

    /// A hash of the bytes at a place, good for the time of the process only: eight bytes at a
    /// time are folded in by a multiplication of full width.
    fileprivate func hash(of range: Range<Int>) -> UInt64 {
        unsafe withUnsafeBytes { bytes in
            let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
            var hash = fold(hashSeed ^ UInt64(part.count))
            var offset = 0
            while offset &+ 8 <= part.count {
                hash = unsafe fold(
                    hash ^ part.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                )
                offset &+= 8
            }
            var rest: UInt64 = 0
            while offset < part.count {
                rest = unsafe rest << 8 | UInt64(part[offset])
                offset &+= 1
            }
            return fold(hash ^ rest)
        }
    }
}

private func fold(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
}
