internal import CLibpcap
internal import Glibc

/// An open libpcap handle, closed exactly once, when the value ends.
@safe struct PcapHandle: ~Copyable {
    private let pointer: OpaquePointer

    /// A handle without packets, which compiles filters for interfaces of a link type.
    init(compilingFor linkType: Int32) {
        // Files say 101 for what libpcap calls DLT_RAW.
        let dataLinkType = linkType == 101 ? DLT_RAW : linkType
        guard let handle = unsafe pcap_open_dead(dataLinkType, 262_144) else {
            preconditionFailure("libpcap has no memory for a handle")
        }
        unsafe pointer = handle
    }

    private init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit { unsafe pcap_close(pointer) }

    /// Compiles a filter in the language of pcap-filter(7).
    func compile(_ text: String) throws(CaptureError) -> PacketFilter {
        var program = unsafe bpf_program()
        guard unsafe pcap_compile(pointer, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw .invalidFilter(text, reason: unsafe String(cString: pcap_geterr(pointer)))
        }
        return unsafe PacketFilter(program)
    }

    /// What a link type is called.
    static func name(ofLinkType linkType: Int32) -> String {
        guard let name = unsafe pcap_datalink_val_to_name(linkType) else { return "\(linkType)" }
        return unsafe "\(String(cString: name)) (\(linkType))"
    }
}

// MARK: - Live

extension PcapHandle {
    /// Long enough for every packet, also those that the interface puts together (GRO).
    private static let snapLength: Int32 = 262_144
    /// How long the kernel may collect packets before it hands them over, in milliseconds.
    private static let collectTime: Int32 = 50

    /// Starts to capture on an interface.
    ///
    /// - Parameters:
    ///   - interface: Its name, or `any`.
    ///   - isPromiscuous: Whether packets for other machines are captured too.
    ///   - bufferByteCount: The size of the kernel's buffer.
    /// - Returns: The open handle.
    /// - Throws: `CaptureError`.
    static func capturing(
        on interface: String,
        isPromiscuous: Bool,
        bufferByteCount: Int
    ) throws(CaptureError) -> PcapHandle {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let created = unsafe pcap_create(interface, &message) else {
            throw .cannotCapture(interface: interface, reason: text(message))
        }
        let handle = unsafe PcapHandle(owning: created)
        unsafe pcap_set_snaplen(handle.pointer, snapLength)
        unsafe pcap_set_promisc(handle.pointer, isPromiscuous ? 1 : 0)
        unsafe pcap_set_timeout(handle.pointer, collectTime)
        unsafe pcap_set_buffer_size(handle.pointer, Int32(clamping: bufferByteCount))
        unsafe pcap_set_tstamp_precision(handle.pointer, PCAP_TSTAMP_PRECISION_NANO)
        let status = unsafe pcap_activate(handle.pointer)
        switch status {
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            throw .noRightToCapture(interface: interface)
        case ..<0:
            let reason = unsafe String(cString: pcap_geterr(handle.pointer))
            let meaning = unsafe String(cString: pcap_statustostr(status))
            throw .cannotCapture(interface: interface, reason: reason.isEmpty ? meaning : reason)
        default: break
        }
        guard unsafe pcap_setnonblock(handle.pointer, 1, &message) == 0 else {
            throw .cannotCapture(interface: interface, reason: text(message))
        }
        return handle
    }

    /// libpcap's number for what the packets begin with.
    var dataLinkType: Int32 { unsafe pcap_datalink(pointer) }

    /// How many packets were lost so far, modulo 2³².
    var dropCount: UInt32 {
        var statistics = pcap_stat()
        guard unsafe pcap_stats(pointer, &statistics) == 0 else { return 0 }
        return statistics.ps_drop &+ statistics.ps_ifdrop
    }

    /// Makes the kernel hand over only those packets that the filter describes (pcap-filter(7)).
    func setFilter(_ text: String) throws(CaptureError) {
        let filter = try compile(text)
        guard unsafe filter.install(in: pointer) else {
            throw .invalidFilter(text, reason: unsafe String(cString: pcap_geterr(pointer)))
        }
    }

    /// Reads the next packet and lends its bytes to `body`.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait for it.
    ///   - body: Gets the packet's time, its size on the wire, and the bytes that were captured.
    /// - Returns: What came of it.
    func readPacket(
        waiting milliseconds: Int32,
        _ body: (_ time: Int64, _ wireByteCount: Int, Span<UInt8>) -> Void
    ) -> LiveSource.ReadResult {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        var result = unsafe pcap_next_ex(pointer, &header, &data)
        if result == 0 {
            var poll = pollfd(
                fd: unsafe pcap_get_selectable_fd(pointer),
                events: Int16(POLLIN),
                revents: 0
            )
            _ = unsafe Glibc.poll(&poll, 1, milliseconds)
            result = unsafe pcap_next_ex(pointer, &header, &data)
        }
        if result == 0 { return .nothing }
        guard result == 1, let header = unsafe header, let data = unsafe data else {
            return .failed(reason: unsafe String(cString: pcap_geterr(pointer)))
        }
        let bytes = unsafe UnsafeBufferPointer(start: data, count: Int(header.pointee.caplen))
        // With nanosecond precision libpcap puts nanoseconds where microseconds would be.
        let time = unsafe PacketHeader.time(
            seconds: Int64(header.pointee.ts.tv_sec),
            nanoseconds: Int64(header.pointee.ts.tv_usec)
        )
        unsafe body(time, Int(header.pointee.len), bytes.span)
        return .packet
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A compiled filter, which says of each packet whether it passes.
@safe final class PacketFilter {
    private var program: bpf_program

    fileprivate init(_ program: bpf_program) {
        unsafe self.program = program
    }

    deinit { unsafe pcap_freecode(&program) }

    /// Makes the kernel apply the filter to the packets of a handle.
    fileprivate func install(in handle: OpaquePointer) -> Bool {
        unsafe pcap_setfilter(handle, &program) == 0
    }

    /// Whether the filter lets a packet pass.
    func passes(_ packet: Span<UInt8>, wireByteCount: Int) -> Bool {
        unsafe packet.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            var header = pcap_pkthdr()
            header.caplen = UInt32(clamping: bytes.count)
            header.len = UInt32(clamping: wireByteCount)
            return unsafe pcap_offline_filter(&program, &header, base) != 0
        }
    }
}

/// One filter, compiled for each link type as its packets come.
struct PacketFilters {
    private let text: String
    private var compiled: [Int32: PacketFilter] = [:]

    /// A filter in the language of pcap-filter(7).
    init(_ text: String) {
        self.text = text
    }

    /// Whether the filter lets a packet pass.
    ///
    /// - Throws: `CaptureError.invalidFilter` when it has no meaning for the packet's link type.
    mutating func pass(
        _ packet: Span<UInt8>,
        _ header: PacketHeader
    ) throws(CaptureError) -> Bool {
        let filter: PacketFilter
        if let known = compiled[header.linkType] {
            filter = known
        } else {
            filter = try PcapHandle(compilingFor: header.linkType).compile(text)
            compiled[header.linkType] = filter
        }
        return filter.passes(packet, wireByteCount: header.wireByteCount)
    }
}
