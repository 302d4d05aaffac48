@testable import Capture
import SeededRandom
import TestSupport
import Testing
import TraceFormat

/// Capture files of all forms give the same trace.
@Suite struct CaptureFileTests {
    /// One exchange, all of whose times are whole microseconds.
    private func packets(link: LinkLayer = .rawIP, clientPort: UInt16 = 50_000) -> [TestPacket] {
        var writer = PacketWriter(link: link, clientPort: clientPort)
        writer.handshake()
        writer.send("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi", from: .client)
        writer.send(response("there"), from: .server)
        writer.close()
        return writer.packets
    }

    private func blockFile(_ packets: [TestPacket], isBigEndian: Bool = false) -> [UInt8] {
        var file = BlockFile(isBigEndian: isBigEndian)
        file.addInterface(linkType: 101)
        for packet in packets { file.add(packet) }
        return file.bytes
    }

    @Test func everyFormOfAFileMakesTheSameTrace() throws {
        let packets = packets()
        let expected = try record(file: pcapFile(packets)).trace.bytes
        #expect(try record(file: blockFile(packets)).trace.bytes == expected)
        #expect(try record(file: blockFile(packets, isBigEndian: true)).trace.bytes == expected)
        #expect(try record(file: gzipFile(pcapFile(packets))).trace.bytes == expected)
        let members = gzipFile(blockFile(packets), memberByteCount: 50)
        #expect(try record(file: members).trace.bytes == expected)
        var nanoseconds = BlockFile()
        nanoseconds.addInterface(linkType: 101, resolution: 9)
        for packet in packets { nanoseconds.add(packet, ticks: UInt64(packet.time)) }
        #expect(try record(file: nanoseconds.bytes).trace.bytes == expected)
        var old = BlockFile()
        old.addInterface(linkType: 101)
        for packet in packets { old.addObsolete(packet) }
        #expect(try record(file: old.bytes).trace.bytes == expected)
    }

    @Test func filesInOrderAreOneRecording() throws {
        let packets = packets()
        let expected = try record(file: pcapFile(packets))
        for cut in 0...packets.count {
            let first = try CaptureFile(pcapFile(Array(packets[..<cut])))
            let second = try CaptureFile(gzipFile(blockFile(Array(packets[cut...]))))
            let trace = MemoryFile()
            let session = CaptureSession(options: CaptureOptions(), writer: "test")
            let sources = [PacketSource.file(first.path), .file(second.path)]
            let summary = try session.record(sources) { info throws(TraceError) in
                try TraceWriter(storage: trace, name: "trace", info: info)
            }
            #expect(summary.ledger == expected.summary.ledger, "cut at \(cut)")
            #expect(trace.bytes == expected.trace.bytes, "cut at \(cut)")
        }
    }

    @Test func interfacesAndSectionsOfDifferentKindsAreTogetherInOneFile() throws {
        let links: [(UInt16, LinkLayer)] = [(1, .ethernet), (113, .linuxCooked), (101, .rawIP)]
        var file = BlockFile()
        for link in links { file.addInterface(linkType: link.0) }
        file.addInterface(linkType: 189)
        for (index, link) in links.enumerated() {
            let port = 50_000 + UInt16(index)
            for packet in packets(link: link.1, clientPort: port) {
                file.add(packet, interface: UInt32(index))
            }
        }
        file.add(TestPacket(bytes: [1], time: packets()[0].time), interface: 3)
        file.beginSection(isBigEndian: true)
        file.addInterface(linkType: 276)
        for packet in packets(link: .linuxCookedVersion2, clientPort: 50_009) { file.add(packet) }
        let (summary, _) = try record(file: file.bytes)
        #expect(summary.ledger["exchanges", "complete"] == 4)
        #expect(summary.ledger["packets", "unsupported_link"] == 1)
        #expect(summary.warnings.isEmpty)
    }

    @Test func filterIsCompiledForEachLinkType() throws {
        var file = BlockFile()
        file.addInterface(linkType: 1)
        file.addInterface(linkType: 101)
        for packet in packets(link: .ethernet) { file.add(packet) }
        for packet in packets(clientPort: 50_001) { file.add(packet, interface: 1) }
        let options = CaptureOptions(filter: "port 50001")
        let (summary, _) = try record(file: file.bytes, options: options)
        #expect(summary.ledger["exchanges", "complete"] == 1)
        #expect(summary.ledger["packets", "filtered_out"] == UInt64(packets().count))
    }

    @Test func clocksOfInterfacesAreRead() {
        #expect(BlockClock().time(ofTicks: 1_700_000_000_123_456) == 1_700_000_000_123_456_000)
        let binary = BlockClock(resolution: 0x80 | 10, offsetSeconds: 5)
        #expect(binary?.time(ofTicks: 1024 + 512) == 6_500_000_000)
        let finer = BlockClock(resolution: 12, offsetSeconds: 0)
        #expect(finer?.time(ofTicks: 1_234_567) == 1234)
        #expect(BlockClock(resolution: 20, offsetSeconds: 0) == nil)
        #expect(BlockClock(resolution: 0xC0, offsetSeconds: 0) == nil)
        let seconds = BlockClock(resolution: 0, offsetSeconds: .max)
        #expect(seconds?.time(ofTicks: .max) == .max)
        #expect(BlockClock(resolution: 0, offsetSeconds: .min)?.time(ofTicks: 0) == .min)
    }

    @Test func simplePacketsHaveTheTimeBeforeThem() throws {
        let packets = packets()
        var file = BlockFile()
        file.addInterface(linkType: 101)
        file.add(packets[0])
        for packet in packets.dropFirst() { file.addSimple(packet) }
        let (summary, trace) = try record(file: file.bytes)
        #expect(summary.ledger["exchanges", "complete"] == 1)
        #expect(try records(of: trace).records.exchanges[0].request.firstByteTime == 0)
    }

    @Test func lossThatTheFileTellsIsInTheLedger() throws {
        var file = BlockFile()
        file.addInterface(linkType: 101)
        file.addInterface(linkType: 101)
        file.addStatistics(interface: 0, droppedByInterface: 1, bySystem: 0)
        file.addStatistics(interface: 0, droppedByInterface: 3, bySystem: 4)
        file.addStatistics(interface: 1, droppedByInterface: 10, bySystem: 0)
        file.beginSection(isBigEndian: false)
        file.addInterface(linkType: 101)
        file.addStatistics(interface: 0, droppedByInterface: 0, bySystem: 100)
        #expect(try record(file: file.bytes).summary.ledger["missing", "dropped_packets"] == 117)
    }

    @Test func keptChecksumIsNoPartOfAnOpenLength() throws {
        var writer = PacketWriter()
        writer.handshake()
        writer.send(get("/a"), from: .client)
        var packets = writer.packets
        packets[3].bytes[2] = 0
        packets[3].bytes[3] = 0
        packets[3].bytes += [0xDE, 0xAD, 0xBE, 0xEF]
        var file = BlockFile()
        file.addInterface(linkType: 101, checksumByteCount: 4)
        for packet in packets { file.add(packet) }
        let flags: UInt32 = 0x0400_0000 | 2 << 28
        for bytes in [file.bytes, pcapFile(packets, linkType: 101 | flags)] {
            let ledger = try record(file: bytes).summary.ledger
            #expect(ledger["bytes", "in_messages"] == UInt64(get("/a").utf8.count))
            #expect(ledger["bytes", "seen"] == UInt64(get("/a").utf8.count))
        }
    }

    @Test func fileThatIsCutAnywhereKeepsEverythingBefore() throws {
        let whole = blockFile(packets())
        let zipped = gzipFile(whole, memberByteCount: 100)
        for (file, step) in [(whole, 1), (zipped, 3)] {
            var seen: UInt64 = 0
            for count in stride(from: 120, through: file.count, by: step) {
                let (summary, _) = try record(file: Array(file[..<count]))
                let now = summary.ledger["packets", "seen"]
                #expect(now >= seen)
                #expect(
                    summary.warnings.count == Int(summary.ledger["oddities", "damaged_inputs"])
                )
                seen = now
            }
        }
    }

    @Test func warningSaysWhereTheFileIsDamaged() throws {
        var file = pcapFile(packets())
        let warning = try record(file: file.dropLast(1) + []).summary.warnings.first ?? ""
        #expect(warning.contains("behind packet 7, at byte "), "\(warning)")
        file.replaceSubrange(24 + 8..<24 + 12, with: [0xFF, 0xFF, 0xFF, 0x7F])
        let length = try record(file: file).summary.warnings.first ?? ""
        #expect(
            length.contains("at byte 24, a packet claims to have 2147483647 bytes"),
            "\(length)"
        )
    }

    /// Damaged anywhere, a file is read, or refused with a sentence; nothing traps or hangs.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func damagedFilesNeverTrap(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let files = [
            pcapFile(packets()), pcapFile(packets(), isBigEndian: true), blockFile(packets()),
            blockFile(packets(), isBigEndian: true), gzipFile(blockFile(packets())),
        ]
        for _ in 0..<50 * FuzzRounds.factor {
            var file = files.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<file.count, using: &random)
                file[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            }
            do {
                _ = try record(file: file)
            } catch let error as CaptureError {
                #expect(error.category == .badData, "\(error)")
            }
        }
    }
}
