@testable import Capture

/// A capture file in the block format pcapng.
struct BlockFile {
    var isBigEndian = false
    private(set) var bytes: [UInt8] = []

    init(isBigEndian: Bool = false) {
        self.isBigEndian = isBigEndian
        beginSection(isBigEndian: isBigEndian)
    }

    /// Opens a section, which has no interfaces yet.
    mutating func beginSection(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
        append(
            0x0A0D_0D0A,
            number(UInt32(0x1A2B_3C4D)) + number(UInt16(1)) + number(UInt16(0))
                + [UInt8](repeating: 0xFF, count: 8)
        )
    }

    /// Describes an interface; `resolution` is the value of `if_tsresol`.
    mutating func addInterface(
        linkType: UInt16,
        resolution: UInt8? = nil,
        offsetSeconds: Int64? = nil,
        checksumByteCount: UInt8? = nil
    ) {
        var body = number(linkType) + number(UInt16(0)) + number(UInt32(0))
        body += option(2, Array("lo".utf8))
        if let resolution { body += option(9, [resolution]) }
        if let checksumByteCount { body += option(13, [checksumByteCount]) }
        if let offsetSeconds { body += option(14, number(UInt64(bitPattern: offsetSeconds))) }
        append(1, body + option(0, []))
    }

    /// An enhanced packet block.
    mutating func add(_ packet: TestPacket, interface: UInt32 = 0, ticks: UInt64? = nil) {
        let time = ticks ?? UInt64(packet.time / 1000)
        append(
            6,
            number(interface) + number(UInt32(time >> 32))
                + number(UInt32(truncatingIfNeeded: time)) + number(UInt32(packet.bytes.count))
                + number(UInt32(packet.wireByteCount ?? packet.bytes.count)) + packet.bytes
        )
    }

    /// A simple packet block.
    mutating func addSimple(_ packet: TestPacket) {
        append(3, number(UInt32(packet.bytes.count)) + packet.bytes)
    }

    /// The obsolete packet block.
    mutating func addObsolete(_ packet: TestPacket) {
        let time = UInt64(packet.time / 1000)
        append(
            2,
            number(UInt16(0)) + number(UInt16(0)) + number(UInt32(time >> 32))
                + number(UInt32(truncatingIfNeeded: time)) + number(UInt32(packet.bytes.count))
                + number(UInt32(packet.bytes.count)) + packet.bytes
        )
    }

    /// Says how many packets the interface and the system dropped.
    mutating func addStatistics(interface: UInt32, droppedByInterface: UInt64, bySystem: UInt64) {
        append(
            5,
            number(interface) + [UInt8](repeating: 0, count: 8)
                + option(5, number(droppedByInterface)) + option(7, number(bySystem))
        )
    }

    /// Any block.
    mutating func append(_ type: UInt32, _ body: [UInt8]) {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let length = number(UInt32(padded.count + 12))
        bytes += number(type) + length + padded + length
    }

    private func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        number(code) + number(UInt16(value.count)) + value
            + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    private func number(_ value: some FixedWidthInteger) -> [UInt8] {
        isBigEndian ? bigEndian(value) : bigEndian(value).reversed()
    }
}
