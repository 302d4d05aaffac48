import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct DamageTests {
    private let blocks: [[TraceRecord]] = {
        var random = RandomRecords(seed: 4)
        return [3, 1, 2].map { count in (0..<count).map { _ in random.record() } }
    }()

    @Test func fileCutAnywhereGivesEveryWholeBlock() throws {
        let file = try traceFile(blocks)
        for cut in 0..<file.bytes.count {
            let bytes = Array(file.bytes.prefix(cut))
            guard cut >= Layout.fileHeaderSize else {
                let error = #expect(throws: TraceError.self) { _ = try TraceContents(bytes) }
                let expected: TraceError =
                    cut == 0 ? .emptyFile(file: "a.mtr") : .cutHeader(file: "a.mtr", byteCount: cut)
                #expect(error == expected)
                continue
            }
            let whole = zip(blocks, file.blockEnds).filter { $0.1 <= cut }.flatMap { $0.0 }
            let contents = try TraceContents(bytes)
            #expect(contents.records == whole, "cut at byte \(cut)")
            #expect(contents.damage.count == 1, "cut at byte \(cut)")
        }
    }

    @Test func cutRunGivesEveryWholeBlock() throws {
        var random = RandomRecords(seed: 5)
        let outcomes = [2, 3].map { count in (0..<count).map { _ in random.outcome() } }
        let bytes = try runFile(outcomes)
        let allowed = [[], outcomes[0], outcomes[0] + outcomes[1]]
        var seen = 0
        for cut in Layout.fileHeaderSize..<bytes.count {
            let contents = try RunContents(Array(bytes.prefix(cut)))
            #expect(allowed[seen...].contains(contents.outcomes), "cut at byte \(cut)")
            #expect(!contents.damage.isEmpty)
            seen = allowed.firstIndex(of: contents.outcomes) ?? seen
        }
        #expect(seen == 2)
    }

    @Test func flippedBitsNeverGiveAChangedRecord() throws {
        let file = try traceFile(blocks)
        for offset in file.bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = file.bytes
                bytes[offset] ^= mask
                do {
                    let contents = try TraceContents(bytes)
                    #expect(!contents.damage.isEmpty, "byte \(offset)")
                    expectWholeBlocks(contents.records, "byte \(offset)")
                } catch {
                    #expect(error.category == .badData)
                    #expect(offset < Layout.fileHeaderSize, "only the header is indispensable")
                }
            }
        }
    }

    @Test(arguments: 0..<300)
    func mutatedFileGivesWholeBlocksOrAnError(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = try traceFile(blocks).bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...80, using: &random))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
            default: bytes.replaceSubrange(start..<end, with: bytes[start..<end].reversed())
            }
            if bytes.isEmpty { break }
        }
        guard let contents = try? TraceContents(bytes) else { return }
        expectWholeBlocks(contents.records, "seed \(seed)")
    }

    /// Expects some of the blocks, each whole and all in their order.
    private func expectWholeBlocks(_ records: [TraceRecord], _ comment: Comment) {
        var rest = records[...]
        for block in blocks where rest.starts(with: block) {
            rest = rest.dropFirst(block.count)
        }
        #expect(rest.isEmpty, comment)
    }

    @Test func damagedBlockIsLeftOutAndNamed() throws {
        var file = try traceFile(blocks)
        let offset = file.blockEnds[0]
        file.bytes[offset + Layout.blockHeaderSize] ^= 1
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks[0] + blocks[2])
        #expect(contents.damage == [.rejectedBlock(offset: Int64(offset), .payloadChecksum)])
        #expect(
            contents.damage[0].description == "block at byte \(offset): checksum does not match"
        )
    }

    @Test func lossIsToldAsFarAsItIsKnown() throws {
        let blocks = [10, 20, 30].map { [sampleExchange(time: $0), sampleExchange(time: $0 + 5)] }
        for finished in [true, false] {
            let file = try traceFile(blocks, finished: finished)
            let (start, end) = (file.blockEnds[0], file.blockEnds[1])
            var damaged = file.bytes
            damaged[start + Layout.blockHeaderSize] ^= 1
            let known = LostPart(
                offset: Int64(start),
                byteCount: Int64(end - start),
                recordCount: 2,
                exchangeCount: 2,
                times: 20...25
            )
            #expect(try losses(damaged) == [known])
            // Without the header, only an index still knows what there was.
            damaged[start] ^= 1
            let guessed = LostPart(
                offset: Int64(start),
                byteCount: Int64(end - start),
                times: 15...30
            )
            #expect(try losses(damaged) == [finished ? known : guessed])
        }
        let file = try traceFile(blocks)
        let cut = try losses(Array(file.bytes.prefix(file.blockEnds[2] - 1)))
        #expect(cut.map(\.recordCount) == [2])
        #expect(cut.map(\.times) == [30...35])
        #expect(cut[0].byteCount == Int64(file.blockEnds[2] - 1 - file.blockEnds[1]))
    }

    private func losses(_ bytes: [UInt8]) throws -> [LostPart] {
        var reader = try TraceReader(source: MemoryStorage(bytes), name: "a.mtr")
        while try reader.next() != nil {}
        return reader.losses
    }

    @Test func damagedBlockHeaderOfUnfinishedFileIsSkipped() throws {
        var file = try traceFile(blocks, finished: false)
        let offset = file.blockEnds[0]
        file.bytes[offset + 8] ^= 1
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks[0] + blocks[2])
        let byteCount = Int64(file.blockEnds[1] - offset)
        #expect(
            contents.damage
                == [.foreignBytes(offset: Int64(offset), byteCount: byteCount), .unfinished]
        )
    }

    @Test func damagedIndexIsReplacedBySearch() throws {
        var file = try traceFile(blocks)
        let offset = file.bytes.count - Layout.trailerSize - 1
        file.bytes[offset] ^= 1
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks.flatMap { $0 })
        #expect(contents.summary.ledger == sampleLedger())
        guard case .rejectedIndex(_, .payloadChecksum) = contents.damage.first else {
            Issue.record("the index was not rejected: \(contents.damage)")
            return
        }
        #expect(contents.damage.count == 1)
    }

    @Test func damagedInfoLeavesRecordsReadable() throws {
        var file = try traceFile(blocks)
        file.bytes[Layout.fileHeaderSize + Layout.blockHeaderSize] ^= 1
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks.flatMap { $0 })
        #expect(contents.info.writer == "")
        #expect(contents.damage == [.rejectedBlock(offset: 32, .payloadChecksum)])
    }

    @Test func blockCopiedElsewhereIsNotTaken() throws {
        var file = try traceFile(blocks, finished: false)
        file.bytes += file.bytes[file.blockEnds[0]..<file.blockEnds[1]]
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == blocks.flatMap { $0 })
        #expect(
            contents.damage == [
                .cutTail(
                    offset: Int64(file.blockEnds[2]),
                    byteCount: Int64(file.blockEnds[1] - file.blockEnds[0])
                )
            ]
        )
    }

    @Test func searchFindsBlocksFarBehindTheDamage() throws {
        // More than the search reads at once, with markers all around the place where it goes on.
        let markers = Array(repeatElement(Layout.blockMarker, count: 100).joined())
        let junk = [UInt8](repeating: 0, count: 1 << 20) + markers
        let version = FormatVersion(major: 1, minor: 1)
        let header = FileHeader(kind: .trace, version: version).encoded()
        let payload = HandmadeFile.payload([sampleExchange(time: 7)])
        var file = HandmadeFile(bytes: header + junk)
        file.append(.records, payload, recordCount: 1, times: 7...7)
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == [sampleExchange(time: 7)])
        #expect(
            contents.damage
                == [.foreignBytes(offset: 32, byteCount: Int64(junk.count)), .unfinished]
        )
    }
}
