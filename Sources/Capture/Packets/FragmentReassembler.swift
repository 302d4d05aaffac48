internal import HTTPWire

/// Puts the payloads of fragmented IP packets together (RFC 791, section 3.2; RFC 8200, 4.5).
///
/// Of bytes that come twice the first copy wins. A packet whose parts don't all come is given up
/// after some time, by the packets' clock, or when too much waits.
struct FragmentReassembler {
    /// How much is kept, and for how long.
    struct Limits: Equatable {
        /// After how many nanoseconds the parts of a packet are given up.
        var waitingTime: Int64 = 60_000_000_000
        /// The most bytes that wait, with a charge for each part.
        var waitingByteCount = 4 << 20
    }

    /// What became of the parts that did not complete a packet.
    struct Counts: Equatable {
        /// Parts of packets that another part completed.
        var joined: UInt64 = 0
        /// Parts of packets that were given up.
        var unfinished: UInt64 = 0
    }

    private struct Key: Hashable {
        let source: UInt128
        let destination: UInt128
        let identifier: UInt32
        let protocolNumber: UInt8
        let isVersion6: Bool
    }

    private struct Parts {
        let time: Int64
        let serial: UInt64
        var fragmentCount: UInt64 = 0
        /// The bytes so far; those that did not come yet are zero.
        var payload: [UInt8] = []
        /// Which bytes came: ranges in order that don't touch each other.
        var covered: [Range<Int>] = []
        /// How long the payload is, once the last part came.
        var byteCount: Int?
        /// What is charged for it.
        var charge = 0

        var isWhole: Bool { byteCount.map { covered == [0..<$0] } ?? false }
    }

    /// What is charged for a part besides its bytes.
    private static let partByteCount = 256
    /// The longest payload that an IP header can announce.
    private static let payloadLimit = 65_535

    /// What became of the parts so far.
    private(set) var counts = Counts()
    private let limits: Limits
    private var waiting: [Key: Parts] = [:]
    private var waitingByteCount = 0
    private var order = PopQueue<(key: Key, serial: UInt64)>()
    private var nextSerial: UInt64 = 0

    /// No part waits.
    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes a part that was captured as a whole.
    ///
    /// - Parameters:
    ///   - ip: Its header, with `fragment` set.
    ///   - packet: The bytes that `ip` was read from.
    ///   - time: When it was captured, in nanoseconds.
    /// - Returns: The whole payload when this was the last part that was missing.
    /// - Throws: `PacketSkip.malformed` for a part that can't belong to any packet.
    mutating func receive(
        _ ip: IPPacket,
        in packet: Span<UInt8>,
        at time: Int64
    ) throws(PacketSkip) -> [UInt8]? {
        guard let fragment = ip.fragment else { return nil }
        let byteCount = ip.payloadEnd - ip.payloadStart
        let place = fragment.start..<fragment.start + byteCount
        guard byteCount > 0, place.upperBound <= Self.payloadLimit,
            fragment.isLast || byteCount % 8 == 0
        else { throw .malformed }
        expire(at: time)
        let key = Key(
            source: ip.source,
            destination: ip.destination,
            identifier: fragment.identifier,
            protocolNumber: ip.protocolNumber,
            isVersion6: ip.isVersion6
        )
        var parts = waiting.removeValue(forKey: key) ?? begin(key, at: time)
        waitingByteCount -= parts.charge
        parts.fragmentCount += 1
        if fragment.isLast, parts.byteCount == nil { parts.byteCount = place.upperBound }
        Self.insert(packet.extracting(ip.payloadStart..<ip.payloadEnd), at: place, into: &parts)
        if parts.isWhole {
            counts.joined += parts.fragmentCount - 1
            return parts.payload
        }
        parts.charge = parts.payload.count + parts.covered.count * Self.partByteCount
        waitingByteCount += parts.charge
        waiting[key] = parts
        while waitingByteCount > limits.waitingByteCount { giveUpOldest() }
        return nil
    }

    /// Gives up all packets that are not whole.
    mutating func recordingEnded() {
        while !order.isEmpty { giveUpOldest() }
    }

    private mutating func begin(_ key: Key, at time: Int64) -> Parts {
        defer { nextSerial += 1 }
        order.append((key, nextSerial))
        return Parts(time: time, serial: nextSerial)
    }

    private static func insert(_ bytes: Span<UInt8>, at place: Range<Int>, into parts: inout Parts)
    {
        if parts.payload.count < place.upperBound {
            parts.payload += repeatElement(0, count: place.upperBound - parts.payload.count)
        }
        var covered: [Range<Int>] = []
        var merged = place
        var next = place.lowerBound
        for range in parts.covered {
            if range.upperBound < place.lowerBound || range.lowerBound > place.upperBound {
                covered.append(range)
                continue
            }
            copy(bytes, next..<max(next, range.lowerBound), of: place, into: &parts.payload)
            next = max(next, min(range.upperBound, place.upperBound))
            merged =
                min(merged.lowerBound, range.lowerBound)..<max(merged.upperBound, range.upperBound)
        }
        copy(bytes, next..<place.upperBound, of: place, into: &parts.payload)
        covered.append(merged)
        parts.covered = covered.sorted { $0.lowerBound < $1.lowerBound }
    }

    private static func copy(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        of place: Range<Int>,
        into payload: inout [UInt8]
    ) {
        for index in range { payload[index] = bytes[index - place.lowerBound] }
    }

    private mutating func expire(at time: Int64) {
        while let oldest = order.first {
            if let parts = waiting[oldest.key], parts.serial == oldest.serial,
                time &- parts.time <= limits.waitingTime
            {
                return
            }
            giveUpOldest()
        }
    }

    /// Gives up the packet whose first part came first, unless it is whole by now.
    private mutating func giveUpOldest() {
        guard let oldest = order.popFirst(), let parts = waiting[oldest.key],
            parts.serial == oldest.serial
        else { return }
        counts.unfinished += parts.fragmentCount
        waitingByteCount -= parts.charge
        waiting[oldest.key] = nil
    }
}
