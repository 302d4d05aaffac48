/// A place in a TCP stream: a 32-bit number that wraps around (RFC 9293, section 3.4).
struct SequenceNumber: Equatable {
    /// The number in the header.
    var value: UInt32

    /// The number in the header.
    init(_ value: UInt32) {
        self.value = value
    }

    /// How far this place lies behind another one, from −2³¹ to 2³¹ − 1.
    func distance(from other: SequenceNumber) -> Int64 {
        Int64(Int32(bitPattern: value &- other.value))
    }

    /// The place that lies `byteCount` bytes further on.
    func advanced(by byteCount: Int64) -> SequenceNumber {
        SequenceNumber(value &+ UInt32(truncatingIfNeeded: byteCount))
    }
}
