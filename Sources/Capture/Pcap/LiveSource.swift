internal import Glibc

/// The packets of a network interface, as they come.
struct LiveSource: ~Copyable {
    /// What a read came to.
    enum ReadResult: Equatable {
        /// A packet was read.
        case packet
        /// None came for a tenth of a second.
        case nothing
        /// No more can be read, for example because the interface is gone.
        case failed(reason: String)
    }

    /// The interface's name.
    let name: String
    private let handle: PcapHandle
    private let linkType: Int32
    private let link: LinkLayer
    private var lastDropCount: UInt32 = 0
    private var totalDropCount: UInt64 = 0

    private static let ethernet: Int32 = 1
    private static let waitTime: Int32 = 100

    /// Starts to capture.
    init(_ options: LiveOptions) throws(CaptureError) {
        let handle = try PcapHandle.capturing(
            on: options.interface,
            isPromiscuous: options.isPromiscuous,
            bufferByteCount: options.bufferByteCount
        )
        let linkType = handle.dataLinkType
        guard let link = LinkLayer(dataLinkType: linkType) else {
            throw .cannotCapture(
                interface: options.interface,
                reason: "its packets have link type \(PcapHandle.name(ofLinkType: linkType)), "
                    + "which is not supported"
            )
        }
        let hasVLANTags = linkType == Self.ethernet
        try handle.setFilter(options.capture.kernelFilter(hasVLANTags: hasVLANTags))
        self.handle = handle
        self.linkType = linkType
        self.link = link
        name = options.interface
    }

    /// Waits a little for the next packet and gives it to the recorder.
    mutating func next(into recorder: inout PacketRecorder) -> ReadResult {
        handle.readPacket(waiting: Self.waitTime) { time, wireByteCount, bytes in
            let header = PacketHeader(
                time: time,
                wireByteCount: wireByteCount,
                linkType: linkType,
                link: link
            )
            recorder.receive(bytes, header)
        }
    }

    /// How many packets the kernel and the interface dropped since the start.
    ///
    /// libpcap counts in 32 bits, which wrap around after some days; so ask now and then.
    mutating func dropCount() -> UInt64 {
        let count = handle.dropCount
        totalDropCount += UInt64(count &- lastDropCount)
        lastDropCount = count
        return totalDropCount
    }
}
