import Capture
import Glibc
import HTTPWire
import SystemPackage
import TraceFormat

/// Gives the bytes that libFuzzer makes to everything that reads what others wrote.
///
/// The first byte chooses the reader, so that one corpus serves all. A trap ends the run with the
/// input that caused it; so does a time limit (`-timeout`) or a limit of memory (`-rss_limit_mb`).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let choice = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    switch choice % 5 {
    case 0: readRequests(input)
    case 1: readResponses(input)
    case 2: readTrace(input)
    case 3: readRun(input)
    default: readCapture(input)
    }
    return 0
}

/// In two pieces, the second one chosen by the input too, so that states between them are met.
private func pieces(_ input: [UInt8]) -> [[UInt8]] {
    guard let first = input.first else { return [] }
    let cut = 1 + Int(first) % input.count
    return [Array(input[1..<max(1, cut)]), Array(input[max(1, cut)...])]
}

private func readRequests(_ input: [UInt8]) {
    var decoder = RequestDecoder()
    for piece in pieces(input) {
        var offset = 0
        while (try? decoder.next(in: piece.span, at: &offset)) ?? nil != nil {}
    }
    _ = decoder.inputEnded()
}

private func readResponses(_ input: [UInt8]) {
    var decoder = ResponseDecoder()
    for piece in pieces(input) {
        var offset = 0
        while (try? decoder.next(in: piece.span, at: &offset, answering: .other)) ?? nil != nil {}
    }
    _ = decoder.inputEnded()
}

private func readTrace(_ input: [UInt8]) {
    guard var reader = try? TraceReader(source: Bytes(input), name: "input") else { return }
    while (try? reader.next()) ?? nil != nil {}
}

private func readRun(_ input: [UInt8]) {
    guard var reader = try? RunReader(source: Bytes(input), name: "input") else { return }
    while (try? reader.next()) ?? nil != nil {}
}

/// Captures are read from files; this one is in memory.
private func readCapture(_ input: [UInt8]) {
    let path = FilePath("/dev/shm/mik-replay-fuzz-\(getpid()).pcap")
    do {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .truncate],
            permissions: .ownerReadWrite
        )
        try file.closeAfter { _ = try file.writeAll(input) }
        let session = CaptureSession(options: CaptureOptions(), writer: "fuzz")
        _ = try session.record([.file(path.string)]) { info throws(TraceError) in
            try TraceWriter(storage: Nowhere(), name: "nowhere", info: info)
        }
    } catch {
        // What is no capture is refused, which is right.
    }
}

/// Bytes in memory as a file.
private final class Bytes: ByteSource {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func byteCount() throws(Errno) -> Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
        guard offset >= 0, offset < bytes.count else { return [] }
        return Array(bytes[Int(offset)...].prefix(count))
    }
}

/// Takes everything and keeps nothing.
private final class Nowhere: ByteSink {
    func append(_ bytes: [UInt8]) throws(Errno) {}
    func truncate(to byteCount: Int64) throws(Errno) {}
}
