@testable import Capture
import Foundation
import Testing
import TraceFormat

/// A capture file in a folder of its own, removed with it.
struct CaptureFile: ~Copyable {
    private let folder: URL
    /// Where it is.
    let path: String

    init(_ bytes: [UInt8]) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "capture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "test.pcap")
        try Data(bytes).write(to: file)
        path = file.path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

/// Records a capture file to a trace in memory.
func record(
    file bytes: [UInt8],
    options: CaptureOptions = CaptureOptions()
) throws -> (summary: CaptureSummary, trace: MemoryFile) {
    let file = try CaptureFile(bytes)
    let trace = MemoryFile()
    let session = CaptureSession(options: options, writer: "test")
    let summary = try session.record([.file(file.path)]) { info throws(TraceError) in
        try TraceWriter(storage: trace, name: "trace", info: info)
    }
    expectBalanced(summary.ledger)
    return (summary, trace)
}

/// All records of a trace in memory.
func records(of trace: MemoryFile) throws -> (info: TraceInfo, records: [TraceRecord]) {
    var reader = try TraceReader(source: trace, name: "trace")
    var records: [TraceRecord] = []
    while let record = try reader.next() { records.append(record) }
    return (reader.info, records)
}

@Suite struct CaptureSessionTests {
    private func packets() -> [TestPacket] {
        var writer = PacketWriter()
        writer.handshake()
        writer.send("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", from: .client)
        writer.send(response("there"), from: .server)
        writer.close()
        return writer.packets
    }

    @Test func captureFileBecomesATrace() throws {
        let (summary, trace) = try record(file: pcapFile(packets()))
        let (info, records) = try records(of: trace)
        #expect(info.source == "pcap")
        #expect(info.epoch == 1_700_000_000_000_000_000)
        #expect(info.bodies == "requests")
        #expect(records == record(packets(), bodies: .requests).records)
        #expect(records.stories == ["POST /a HTTP/1.1 → 200: complete"])
        #expect(summary.trace.exchanges == 1)
        #expect(summary.trace.ledger == summary.ledger)
        #expect(summary.ledger["exchanges", "complete"] == 1)
        #expect(summary.warnings == [])
    }

    @Test func sameCaptureMakesTheSameBytes() throws {
        var many: [TestPacket] = []
        for port in 0..<UInt16(50) {
            var writer = PacketWriter(clientPort: 40_000 + port)
            writer.handshake()
            writer.send(get("/\(port)"), from: .client)
            many += writer.packets
        }
        let first = try record(file: pcapFile(many)).trace.bytes
        #expect(try record(file: pcapFile(many)).trace.bytes == first)
        #expect(try record(file: pcapFile(many, isBigEndian: true)).trace.bytes == first)
        // All times here are whole microseconds.
        #expect(try record(file: pcapFile(many, isNanoseconds: false)).trace.bytes == first)
    }

    @Test func nanosecondsAreKept() throws {
        var odd = packets()
        for index in odd.indices { odd[index].time += Int64(index) * 7 }
        let (_, trace) = try record(file: pcapFile(odd))
        let exchange = try #require(try records(of: trace).records.exchanges.first)
        #expect(exchange.request.firstByteTime == 3 * 1007)
    }

    @Test(
        arguments: [
            (1, LinkLayer.ethernet), (0, .bsdNull), (108, .bsdLoop), (101, .rawIP),
            (113, .linuxCooked), (276, .linuxCookedVersion2), (9, .ppp), (51, .pppoe),
            (204, .pppWithDirection), (219, .mpls), (105, .wireless), (127, .radiotap),
            (239, .netfilterLog),
        ] as [(UInt32, LinkLayer)]
    )
    func linkTypeComesFromTheFile(linkType: UInt32, link: LinkLayer) throws {
        var writer = PacketWriter(link: link)
        writer.send(get("/"), from: .client)
        let (summary, _) = try record(file: pcapFile(writer.packets, linkType: linkType))
        #expect(summary.trace.exchanges == 1)
    }

    @Test func captureThatIsCutAnywhereKeepsEverythingBefore() throws {
        let whole = pcapFile(packets())
        let starts = packets().reduce(into: [24]) {
            $0.append(($0.last ?? 0) + 16 + $1.bytes.count)
        }
        for count in stride(from: 24, to: whole.count, by: 5) {
            let (summary, _) = try record(file: Array(whole[..<count]))
            let packetCount = starts.count { $0 <= count } - 1
            #expect(summary.ledger["packets", "seen"] == UInt64(packetCount))
            #expect(summary.warnings.isEmpty == starts.contains(count), "\(count)")
            #expect(
                summary.ledger["oddities", "damaged_inputs"] == (starts.contains(count) ? 0 : 1)
            )
        }
    }

    @Test func captureWithoutPacketsIsAnEmptyTrace() throws {
        let (summary, trace) = try record(file: pcapFile([]))
        #expect(summary.trace.exchanges == 0)
        #expect(try records(of: trace).records == [])
    }

    @Test func filterIsCounted() throws {
        var other = PacketWriter(clientPort: 50_001)
        other.send(get("/b"), from: .client)
        let options = CaptureOptions(filter: "port 50001")
        let (summary, _) = try record(file: pcapFile(packets() + other.packets), options: options)
        #expect(summary.trace.exchanges == 1)
        #expect(summary.ledger["packets", "filtered_out"] == UInt64(packets().count))
    }

    @Test func hostileTimesAndLengthsAreSurvived() throws {
        var odd = packets()
        odd[4].time = 4_294_967_295 * 1_000_000_000
        odd[5].time = 0
        let (summary, _) = try record(file: pcapFile(odd))
        // The time is further from the first than the trace can say, so that exchange is left out.
        #expect(summary.ledger["exchanges", "total"] == 1)
        #expect(summary.ledger["oddities", "clock_steps_backwards"] == 1)
        let hugeLength = pcapFile([]) + [UInt8](repeating: 0xFF, count: 400)
        #expect(try record(file: hugeLength).summary.warnings.count == 1)
    }

    @Test func inputThatIsNoCaptureIsOneSentence() throws {
        let session = CaptureSession(options: CaptureOptions(), writer: "test")
        func error(_ path: String) -> CaptureError? {
            do throws(CaptureError) {
                _ = try session.record([.file(path)]) { info throws(TraceError) in
                    Issue.record("a trace was begun")
                    return try TraceWriter(storage: MemoryFile(), name: "", info: info)
                }
                return nil
            } catch {
                return error
            }
        }
        let empty = try CaptureFile([])
        let text = try CaptureFile(Array("this is no capture at all".utf8))
        let short = try CaptureFile(Array(pcapFile([]).prefix(10)))
        let usb = try CaptureFile(pcapFile([], linkType: 189))
        #expect(error("/nowhere/x.pcap")?.category == .missingInput)
        #expect(
            error("/nowhere/x.pcap")?.description
                == "cannot open /nowhere/x.pcap: No such file or directory"
        )
        #expect(error("/")?.category == .missingInput)
        #expect(error(empty.path) == .emptyFile(file: empty.path))
        #expect(error(text.path)?.category == .badData)
        #expect(error(short.path)?.category == .badData)
        #expect(error(usb.path)?.description.contains("USB_LINUX") == true)
    }

    @Test func wrongFilterIsOneSentence() throws {
        let file = pcapFile(packets())
        let error = #expect(throws: CaptureError.self) {
            try record(file: file, options: CaptureOptions(filter: "nonsense here"))
        }
        #expect(error?.category == .usage)
    }
}
