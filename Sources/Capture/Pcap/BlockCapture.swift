/// The block format pcapng, also with several sections and with interfaces of different kinds
/// (draft-ietf-opsawg-pcapng).
///
///     offset  size  block
///          0     4  type
///          4     4  length of the whole block
///          8     …  body, filled up to a multiple of 4
///         -4     4  length again
struct BlockCapture {
    /// An interface of the current section.
    private struct Interface {
        var linkType: Int32
        var link: LinkLayer?
        var snapLength: UInt32
        var clock: BlockClock
        var checksumByteCount = 0
        var droppedPacketCount: UInt64 = 0
    }

    /// The type of the block that opens a section; the same in both byte orders.
    static let sectionType: UInt32 = 0x0A0D_0D0A
    private static let interfaceLimit = 4096

    /// Whether the first section was opened.
    private var isOpened = false
    private var isBigEndian = false
    private var interfaces: [Interface] = []
    private var droppedBefore: UInt64 = 0
    private var lastTime: Int64 = 0
    /// The bytes left of a block that is passed over.
    private var skipping: UInt64 = 0

    /// How many packets the capturing system says that it lost.
    var droppedPacketCount: UInt64 {
        interfaces.reduce(droppedBefore) { $0.addingSaturating($1.droppedPacketCount) }
    }

    /// Opens the first section, and moves `offset` behind its header; `nil` when more bytes are
    /// needed.
    init?(_ bytes: Span<UInt8>, at offset: inout Int) throws(CaptureFileDecoder.Failure) {
        guard let block = try nextBlock(in: bytes, at: &offset) else { return nil }
        try openSection(bytes, block.body)
        isOpened = true
    }

    /// Reads on to the next packet.
    mutating func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(CaptureFileDecoder.Failure) -> CaptureFileDecoder.Packet? {
        while let block = try nextBlock(in: bytes, at: &offset) {
            switch block.type {
            case Self.sectionType, Self.sectionType.byteSwapped:
                try openSection(bytes, block.body)
            case 1: try addInterface(bytes, block.body)
            case 2: return try readPacket(bytes, block.body, isObsolete: true)
            case 3: return try readSimplePacket(bytes, block.body)
            case 5: try readStatistics(bytes, block.body)
            default: return try readPacket(bytes, block.body, isObsolete: false)
            }
        }
        return nil
    }

    /// Reads the next block that is of use, and moves `offset` behind it.
    private mutating func nextBlock(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(CaptureFileDecoder.Failure) -> (type: UInt32, body: Range<Int>)? {
        while true {
            let skipped = Int(min(skipping, UInt64(bytes.count - offset)))
            offset += skipped
            skipping -= UInt64(skipped)
            guard skipping == 0, bytes.count - offset >= 12 else { return nil }
            let isSection = bytes.bigEndian32(at: offset) == Self.sectionType
            if isSection { try readByteOrder(bytes.bigEndian32(at: offset + 8)) }
            let type = bytes.number32(at: offset, isBigEndian: isBigEndian)
            let byteCount = bytes.number32(at: offset + 4, isBigEndian: isBigEndian)
            guard byteCount >= 12, byteCount % 4 == 0 else {
                throw failure("a block claims to have \(byteCount) bytes")
            }
            guard isSection || Self.isOfUse(type) else {
                skipping = UInt64(byteCount)
                continue
            }
            guard byteCount <= CaptureFileDecoder.recordLimit + 4096 else {
                throw failure("a block of type \(type) claims to have \(byteCount) bytes")
            }
            let end = offset + Int(byteCount)
            guard end <= bytes.count else { return nil }
            guard bytes.number32(at: end - 4, isBigEndian: isBigEndian) == byteCount else {
                throw failure("the two lengths of a block contradict each other")
            }
            defer { offset = end }
            return (type, offset + 8..<end - 4)
        }
    }

    private func failure(_ reason: String) -> CaptureFileDecoder.Failure {
        isOpened ? .damaged(reason: reason) : .notACapture(reason: reason)
    }

    private mutating func readByteOrder(
        _ magic: UInt32
    ) throws(CaptureFileDecoder.Failure) {
        switch magic {
        case 0x1A2B_3C4D: isBigEndian = true
        case 0x4D3C_2B1A: isBigEndian = false
        default: throw failure("a section has no byte order")
        }
    }

    private mutating func openSection(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>
    ) throws(CaptureFileDecoder.Failure) {
        guard body.count >= 16 else { throw failure("a section header is too short") }
        let major = bytes.number16(at: body.lowerBound + 4, isBigEndian: isBigEndian)
        guard major == 1 else {
            throw failure("version \(major) of the pcapng format is not known")
        }
        droppedBefore = droppedPacketCount
        interfaces = []
    }

    /// Whether a block says something for the recording: an interface, its statistics, a packet.
    private static func isOfUse(_ type: UInt32) -> Bool {
        switch type {
        case 1, 2, 3, 5, 6: true
        default: false
        }
    }

    // MARK: - Packets

    /// An enhanced packet block, or the packet block that it replaced.
    private mutating func readPacket(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>,
        isObsolete: Bool
    ) throws(CaptureFileDecoder.Failure) -> CaptureFileDecoder.Packet {
        guard body.count >= 20 else { throw failure("a packet block is too short") }
        let start = body.lowerBound
        let number =
            isObsolete
            ? Int(bytes.number16(at: start, isBigEndian: isBigEndian))
            : Int(bytes.number32(at: start, isBigEndian: isBigEndian))
        let interface = try interface(number)
        let high = UInt64(bytes.number32(at: start + 4, isBigEndian: isBigEndian))
        let low = UInt64(bytes.number32(at: start + 8, isBigEndian: isBigEndian))
        let byteCount = Int(bytes.number32(at: start + 12, isBigEndian: isBigEndian))
        let wireByteCount = Int(bytes.number32(at: start + 16, isBigEndian: isBigEndian))
        guard byteCount <= body.count - 20 else {
            throw failure("a packet of \(byteCount) bytes does not fit into its block")
        }
        lastTime = interface.clock.time(ofTicks: high << 32 | low)
        return packet(
            of: interface,
            at: start + 20..<start + 20 + byteCount,
            wireByteCount: wireByteCount
        )
    }

    /// A simple packet block has no time; that of the packet before it is the nearest guess.
    private func readSimplePacket(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>
    ) throws(CaptureFileDecoder.Failure) -> CaptureFileDecoder.Packet {
        guard body.count >= 4 else { throw failure("a packet block is too short") }
        let interface = try interface(0)
        let wireByteCount = bytes.number32(at: body.lowerBound, isBigEndian: isBigEndian)
        var byteCount = min(Int(wireByteCount), body.count - 4)
        if interface.snapLength > 0 { byteCount = min(byteCount, Int(interface.snapLength)) }
        let start = body.lowerBound + 4
        return packet(
            of: interface,
            at: start..<start + byteCount,
            wireByteCount: Int(wireByteCount)
        )
    }

    private func packet(
        of interface: Interface,
        at range: Range<Int>,
        wireByteCount: Int
    ) -> CaptureFileDecoder.Packet {
        let header = PacketHeader(
            time: lastTime,
            wireByteCount: max(wireByteCount, range.count) - interface.checksumByteCount,
            linkType: interface.linkType,
            link: interface.link
        )
        return CaptureFileDecoder.Packet(header: header, bytes: range)
    }

    private func interface(
        _ number: Int
    ) throws(CaptureFileDecoder.Failure) -> Interface {
        guard number < interfaces.count else {
            throw failure("a packet is of interface \(number), which is not described")
        }
        return interfaces[number]
    }

    // MARK: - Interfaces

    private mutating func addInterface(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>
    ) throws(CaptureFileDecoder.Failure) {
        guard body.count >= 8 else { throw failure("an interface block is too short") }
        guard interfaces.count < Self.interfaceLimit else {
            throw failure("there are more than \(Self.interfaceLimit) interfaces")
        }
        let linkType = Int32(bytes.number16(at: body.lowerBound, isBigEndian: isBigEndian))
        var interface = Interface(
            linkType: linkType,
            link: LinkLayer(dataLinkType: linkType),
            snapLength: bytes.number32(at: body.lowerBound + 4, isBigEndian: isBigEndian),
            clock: BlockClock()
        )
        var (resolution, offset): (UInt8, UInt64) = (6, 0)
        let options = body.lowerBound + 8..<body.upperBound
        forEachOption(bytes, options) { code, value in
            switch (code, value.count) {
            case (9, 1): resolution = bytes[value.lowerBound]
            case (13, 1): interface.checksumByteCount = Int(bytes[value.lowerBound])
            case (14, 8): offset = bytes.number64(at: value.lowerBound, isBigEndian: isBigEndian)
            default: break
            }
        }
        let seconds = Int64(bitPattern: offset)
        guard let clock = BlockClock(resolution: resolution, offsetSeconds: seconds) else {
            throw failure("an interface has a time resolution that no clock has: \(resolution)")
        }
        interface.clock = clock
        interfaces.append(interface)
    }

    /// The counters of an interface go up, so the last ones are the whole truth.
    private mutating func readStatistics(
        _ bytes: Span<UInt8>,
        _ body: Range<Int>
    ) throws(CaptureFileDecoder.Failure) {
        guard body.count >= 12 else { throw failure("a statistics block is too short") }
        let number = Int(bytes.number32(at: body.lowerBound, isBigEndian: isBigEndian))
        _ = try interface(number)
        var dropped: UInt64 = 0
        forEachOption(bytes, body.lowerBound + 12..<body.upperBound) { code, value in
            // Dropped by the interface, and by the operating system.
            if code == 5 || code == 7, value.count == 8 {
                let count = bytes.number64(at: value.lowerBound, isBigEndian: isBigEndian)
                dropped = dropped.addingSaturating(count)
            }
        }
        interfaces[number].droppedPacketCount = dropped
    }

    private func forEachOption(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ body: (_ code: UInt16, _ value: Range<Int>) -> Void
    ) {
        var offset = range.lowerBound
        while range.upperBound - offset >= 4 {
            let code = bytes.number16(at: offset, isBigEndian: isBigEndian)
            let byteCount = Int(bytes.number16(at: offset + 2, isBigEndian: isBigEndian))
            offset += 4
            guard code != 0, byteCount <= range.upperBound - offset else { return }
            body(code, offset..<offset + byteCount)
            offset += (byteCount + 3) & ~3
        }
    }
}
