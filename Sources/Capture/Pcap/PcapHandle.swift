internal import CLibpcap

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

/// A compiled filter, which says of each packet whether it passes.
@safe final class PacketFilter {
    private var program: bpf_program

    fileprivate init(_ program: bpf_program) {
        unsafe self.program = program
    }

    deinit { unsafe pcap_freecode(&program) }

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
