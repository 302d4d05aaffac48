internal import CLibpcap
internal import Glibc

/// An open libpcap handle on a capture file, closed exactly once, when the value ends.
@safe struct PcapHandle: ~Copyable {
    /// The header of a packet.
    struct PacketHeader {
        /// When it was captured, in nanoseconds of Unix time.
        var time: Int64
        /// How many bytes it had on the wire.
        var wireByteCount: Int
        /// Whether the filter lets it pass.
        var isWanted: Bool
    }

    /// What a read came to.
    enum ReadResult: Equatable {
        /// A packet was read.
        case packet
        /// There are no more.
        case end
        /// The rest of the file can't be read.
        case damaged(reason: String)
    }

    private let pointer: OpaquePointer
    private var filter: bpf_program?

    /// Opens a capture file.
    ///
    /// - Parameter path: Where it is; `nil` reads standard input.
    /// - Throws: `CaptureError`, with `path` or `standard input` as the name of the file.
    init(opening path: String?) throws(CaptureError) {
        let name = path ?? "standard input"
        let opened = unsafe path.map { unsafe fopen($0, "rb") } ?? fdopen(dup(STDIN_FILENO), "rb")
        guard let file = unsafe opened else {
            throw .cannotOpen(file: name, reason: unsafe String(cString: strerror(errno)))
        }
        let first = unsafe getc(file)
        guard first != EOF else {
            let isFailure = unsafe ferror(file) != 0
            let reason = unsafe String(cString: strerror(errno))
            unsafe fclose(file)
            throw isFailure ? .cannotOpen(file: name, reason: reason) : .emptyFile(file: name)
        }
        unsafe ungetc(first, file)
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        let handle = unsafe pcap_fopen_offline_with_tstamp_precision(
            file,
            UInt32(PCAP_TSTAMP_PRECISION_NANO),
            &message
        )
        guard let handle = unsafe handle else {
            unsafe fclose(file)
            throw .notACapture(file: name, reason: Self.text(message))
        }
        unsafe pointer = handle
    }

    deinit {
        if var filter = unsafe filter { unsafe pcap_freecode(&filter) }
        unsafe pcap_close(pointer)
    }

    /// libpcap's number for what stands in front of the IP header.
    var dataLinkType: Int32 { unsafe pcap_datalink(pointer) }

    /// What that layer is called.
    var dataLinkName: String {
        let type = dataLinkType
        guard let name = unsafe pcap_datalink_val_to_name(type) else { return "\(type)" }
        return unsafe "\(String(cString: name)) (\(type))"
    }

    /// Lets only those packets pass that the filter describes (pcap-filter(7)).
    mutating func setFilter(_ text: String) throws(CaptureError) {
        var program = unsafe bpf_program()
        guard unsafe pcap_compile(pointer, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw .invalidFilter(text, reason: unsafe String(cString: pcap_geterr(pointer)))
        }
        unsafe filter = program
    }

    /// Reads the next packet and lends its bytes to `body`.
    mutating func readPacket(_ body: (PacketHeader, Span<UInt8>) -> Void) -> ReadResult {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let result = unsafe pcap_next_ex(pointer, &header, &data)
        if result == PCAP_ERROR_BREAK { return .end }
        guard result == 1, let header = unsafe header, let data = unsafe data else {
            return .damaged(reason: unsafe String(cString: pcap_geterr(pointer)))
        }
        var isWanted = true
        if var filter = unsafe filter {
            isWanted = unsafe pcap_offline_filter(&filter, header, data) != 0
        }
        let bytes = unsafe UnsafeBufferPointer(start: data, count: Int(header.pointee.caplen))
        let described = unsafe PacketHeader(
            time: Self.nanoseconds(header.pointee.ts),
            wireByteCount: Int(header.pointee.len),
            isWanted: isWanted
        )
        unsafe body(described, bytes.span)
        return .packet
    }

    /// With nanosecond precision libpcap puts nanoseconds where microseconds would be; times that
    /// no clock shows end at the ends of what 64 bits hold.
    private static func nanoseconds(_ time: timeval) -> Int64 {
        let (seconds, isProductOverflow) = Int64(time.tv_sec)
            .multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isSumOverflow) = seconds.addingReportingOverflow(Int64(time.tv_usec))
        guard isProductOverflow || isSumOverflow else { return sum }
        return time.tv_sec < 0 ? .min : .max
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
