/// The classic format of libpcap, pcap-savefile(5), in both byte orders and both resolutions.
///
///     offset  size  file header               offset  size  packet header
///          0     4  magic, the byte order          0     4  seconds of Unix time
///          4     4  version                        4     4  microseconds or nanoseconds
///         16     4  snap length, not used          8     4  captured bytes, which follow
///         20     4  link type and checksum        12     4  bytes on the wire
struct ClassicCapture: Equatable {
    /// How long the file header is.
    static let headerByteCount = 24

    private let isBigEndian: Bool
    private let nanosecondsPerTick: Int64
    private let packetHeaderByteCount: Int
    /// The number of the link type of all packets.
    let linkType: Int32
    private let link: LinkLayer?
    /// The bytes of a frame's checksum behind each packet.
    private let checksumByteCount: Int

    /// What the first four bytes say.
    static func magic(
        _ number: UInt32
    ) throws(CaptureFileDecoder.Failure) -> (
        isBigEndian: Bool, nanosecondsPerTick: Int64, packetHeaderByteCount: Int
    ) {
        for (isBigEndian, number) in [(true, number), (false, number.byteSwapped)] {
            switch number {
            case 0xA1B2_C3D4: return (isBigEndian, 1000, 16)
            case 0xA1B2_3C4D: return (isBigEndian, 1, 16)
            case 0xA1B2_CD34: return (isBigEndian, 1000, 24)  // with eight more bytes per packet
            default: continue
            }
        }
        throw .notACapture(reason: "it begins like neither pcap nor pcapng")
    }

    /// Reads the file header at `offset`; all its bytes must be there.
    init(_ bytes: Span<UInt8>, at offset: Int) throws(CaptureFileDecoder.Failure) {
        let magic = try Self.magic(bytes.bigEndian32(at: offset))
        isBigEndian = magic.isBigEndian
        nanosecondsPerTick = magic.nanosecondsPerTick
        packetHeaderByteCount = magic.packetHeaderByteCount
        let major = bytes.number16(at: offset + 4, isBigEndian: isBigEndian)
        let minor = bytes.number16(at: offset + 6, isBigEndian: isBigEndian)
        guard major == 2, minor >= 4 else {
            throw .notACapture(reason: "version \(major).\(minor) of the pcap format is not known")
        }
        let type = bytes.number32(at: offset + 20, isBigEndian: isBigEndian)
        linkType = Int32(type & 0xFFFF)
        link = LinkLayer(dataLinkType: linkType)
        // Bit 26 says that the four highest bits count the checksum's 16-bit words.
        checksumByteCount = type & 0x0400_0000 != 0 ? Int(type >> 28) * 2 : 0
    }

    /// Reads the next packet.
    func next(
        in bytes: Span<UInt8>,
        at offset: inout Int
    ) throws(CaptureFileDecoder.Failure) -> CaptureFileDecoder.Packet? {
        guard bytes.count - offset >= packetHeaderByteCount else { return nil }
        let byteCount = bytes.number32(at: offset + 8, isBigEndian: isBigEndian)
        guard byteCount <= CaptureFileDecoder.recordLimit else {
            throw .damaged(reason: "a packet claims to have \(byteCount) bytes")
        }
        let start = offset + packetHeaderByteCount
        guard bytes.count - start >= Int(byteCount) else { return nil }
        let seconds = Int64(bytes.number32(at: offset, isBigEndian: isBigEndian))
        let ticks = Int64(bytes.number32(at: offset + 4, isBigEndian: isBigEndian))
        let wireByteCount = Int(bytes.number32(at: offset + 12, isBigEndian: isBigEndian))
        offset = start + Int(byteCount)
        let header = PacketHeader(
            time: seconds * 1_000_000_000 + ticks * nanosecondsPerTick,
            wireByteCount: max(wireByteCount, Int(byteCount)) - checksumByteCount,
            linkType: linkType,
            link: link
        )
        return CaptureFileDecoder.Packet(header: header, bytes: start..<offset)
    }
}
