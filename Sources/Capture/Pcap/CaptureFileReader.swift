/// Reads the packets of one capture file in their order.
struct CaptureFileReader: ~Copyable {
    /// What a read came to.
    enum ReadResult: Equatable {
        /// A packet was read; its bytes are at hand until the next read.
        case packet(CaptureFileDecoder.Packet)
        /// There are no more.
        case end
        /// The rest of the file can't be read.
        case damaged(reason: String)
    }

    /// How many bytes are read at once: few enough to stay in a processor's cache.
    private static let readByteCount = 1 << 17

    private let source: PacketSource
    private var input: CaptureInput
    private var decoder = CaptureFileDecoder()
    private var buffer = [UInt8](repeating: 0, count: readByteCount)
    /// The bytes of `buffer` that were read and not looked at.
    private var unread = 0..<0
    /// Where `buffer` begins in the file, after inflation.
    private var bufferOffset: UInt64 = 0
    private var packetCount: UInt64 = 0

    /// Opens a source and reads its file header.
    ///
    /// - Throws: `CaptureError` when there is no capture.
    static func open(_ source: PacketSource) throws(CaptureError) -> CaptureFileReader {
        var reader = CaptureFileReader(source, input: try CaptureInput(opening: source))
        while try !reader.openDecoder() {
            guard try reader.fillForOpening() else {
                if reader.unread.isEmpty { throw .emptyFile(file: source.name) }
                throw .notACapture(file: source.name, reason: "it ends inside its header")
            }
        }
        if let linkType = reader.decoder.onlyLinkType, LinkLayer(dataLinkType: linkType) == nil {
            let name = PcapHandle.name(ofLinkType: linkType)
            throw .unsupportedLinkType(file: source.name, name: name)
        }
        return reader
    }

    private init(_ source: PacketSource, input: consuming CaptureInput) {
        self.source = source
        self.input = input
    }

    /// How many packets the capturing system says that it lost.
    var droppedPacketCount: UInt64 { decoder.droppedPacketCount }

    /// Reads the next packet.
    mutating func next() -> ReadResult {
        while true {
            var offset = unread.lowerBound
            do {
                let buffer = buffer
                let bytes = buffer.span.extracting(0..<unread.upperBound)
                let packet = try decoder.next(in: bytes, at: &offset)
                unread = offset..<unread.upperBound
                if let packet {
                    packetCount += 1
                    return .packet(packet)
                }
            } catch {
                return damage(error.reason)
            }
            do {
                guard try fill() else {
                    return unread.isEmpty ? .end : damage("the file ends inside it")
                }
            } catch {
                return damage(error.description)
            }
        }
    }

    /// Lends the bytes of the packet that was read last.
    func withBytes<Result, Failure>(
        of packet: CaptureFileDecoder.Packet,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer.span.extracting(packet.bytes))
    }

    private func damage(_ reason: String) -> ReadResult {
        let offset = bufferOffset + UInt64(unread.lowerBound)
        return .damaged(reason: "behind packet \(packetCount), at byte \(offset), \(reason)")
    }

    // MARK: - Filling the buffer

    private mutating func openDecoder() throws(CaptureError) -> Bool {
        var offset = unread.lowerBound
        defer { unread = offset..<unread.upperBound }
        do {
            let buffer = buffer
            let bytes = buffer.span.extracting(0..<unread.upperBound)
            return try decoder.open(in: bytes, at: &offset)
        } catch {
            throw .notACapture(file: source.name, reason: error.reason)
        }
    }

    private mutating func fillForOpening() throws(CaptureError) -> Bool {
        do {
            return try fill()
        } catch {
            switch error {
            case .unreadable: throw .cannotOpen(file: source.name, reason: error.description)
            case .damaged: throw .notACapture(file: source.name, reason: error.description)
            }
        }
    }

    /// Reads more bytes behind the unread ones; returns whether any came.
    private mutating func fill() throws(CaptureInput.Failure) -> Bool {
        if unread.lowerBound > 0 {
            buffer.moveToFront(unread)
            bufferOffset += UInt64(unread.lowerBound)
            unread = 0..<unread.count
        }
        // Records are of bounded length, and so is this.
        if unread.count == buffer.count {
            buffer += repeatElement(0, count: buffer.count)
        }
        let count = try input.read(into: &buffer, from: unread.count)
        unread = 0..<unread.count + count
        return count > 0
    }
}

extension [UInt8] {
    /// Moves the bytes at `range` to the front, over those that stand there.
    fileprivate mutating func moveToFront(_ range: Range<Int>) {
        unsafe withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe base.copyMemory(from: base + range.lowerBound, byteCount: range.count)
        }
    }
}
