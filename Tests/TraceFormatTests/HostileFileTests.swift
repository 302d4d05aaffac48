import TestSupport
import Testing

@testable import TraceFormat

@Suite struct HostileFileTests {
    private func damage(
        _ build: (inout HandmadeFile) -> Void
    ) throws -> [FileDamage] {
        var file = HandmadeFile()
        build(&file)
        file.finish()
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == [])
        return contents.damage
    }

    private var blockOffset: Int64 { Int64(HandmadeFile().bytes.count) }

    @Test func bombThatInflatesToMoreThanDeclaredIsRejected() throws {
        let zeros = [UInt8](repeating: 0, count: 100_000)
        let found = try damage { file in
            file.append(kind: 2, stored: deflated(zeros), rawSize: 1000)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .inflation)])
    }

    @Test func streamThatInflatesToLessThanDeclaredIsRejected() throws {
        let found = try damage { file in
            file.append(kind: 2, stored: deflated([1, 2, 3]), rawSize: 4)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .inflation)])
    }

    @Test func bytesAfterTheStreamAreRejected() throws {
        let found = try damage { file in
            file.append(kind: 2, stored: deflated([1, 2, 3]) + [0], rawSize: 3)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .inflation)])
    }

    @Test(arguments: [0, 1032 * 20 + 1, Layout.rawSizeLimit + 1, Int(UInt32.max)])
    func declaredSizeOutOfRangeIsRejectedBeforeInflation(rawSize: Int) throws {
        let found = try damage { file in
            file.append(kind: 2, stored: [UInt8](repeating: 0, count: 20), rawSize: rawSize)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .sizesOutOfRange)])
    }

    @Test func moreRecordsThanBytesAreRejected() throws {
        let found = try damage { file in
            file.append(
                kind: 2,
                stored: deflated([1, 2, 3]),
                rawSize: 3,
                recordCount: 4
            )
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .sizesOutOfRange)])
    }

    @Test(arguments: [5, 6, 7, 20, 23, 52, 59])
    func reservedBytesOfABlockMustBeZero(offset: Int) throws {
        let found = try damage { file in
            file.append(kind: 2, stored: deflated([0]), rawSize: 1, change: { $0[offset] = 1 })
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .reservedBytes)])
    }

    @Test func timesOfAHeaderOutOfOrderAreRejected() throws {
        let found = try damage { file in
            file.append(kind: 2, stored: deflated([0]), rawSize: 1, change: { $0[24] = 1 })
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .timesOutOfRange)])
    }

    @Test func recordOutsideOfTheTimesOfItsBlockIsRejected() throws {
        let payload = HandmadeFile.payload([sampleExchange(time: 9)])
        let found = try damage { file in
            file.append(.records, payload, recordCount: 1, times: 0...8)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .contents(.time, offset: 0))])
    }

    @Test(arguments: [UInt8(3), 9])
    func kindThatDoesNotBelongHereIsRejected(kind: UInt8) throws {
        let found = try damage { file in
            file.append(kind: kind, stored: deflated([0]), rawSize: 1)
        }
        #expect(found == [.rejectedBlock(offset: blockOffset, .kind(kind))])
    }

    /// Payloads of which the decoder must not believe a length.
    static let wrongPayloads: [([UInt8], BlockFault.Contents, Int)] = [
        ([0xFF, 0xFF, 0xFF, 0xFF], .cutShort, 4),
        ([1, 0, 0], .cutShort, 0),
        ([1, 0, 0, 0, 4], .value, 5),
        ([2, 0, 0, 0, 3, 0x80], .cutShort, 6),
        ([4, 0, 0, 0, 3, 0x80, 0x00, 0], .integer, 7),
        ([4, 0, 0, 0, 1, 0, 2, 0], .value, 7),
        ([6, 0, 0, 0, 1, 0, 0, 1, 0xFF, 0], .text, 8),
        ([7, 0, 0, 0, 2, 0, 0, 0, 0, 8, 0], .value, 10),
        ([7, 0, 0, 0, 2, 0, 0, 0, 0, 6, 0], .value, 10),
        ([9, 0, 0, 0, 2, 0, 0, 12, 0, 3, 0, 0, 0], .value, 8),
        ([6, 0, 0, 0, 3, 0, 0, 0, 0, 0], .bytesLeftOver, 8),
        (
            [15, 0, 0, 0, 3] + [UInt8](repeating: 0xFF, count: 9) + [0x02, 0, 0, 0, 0], .integer, 15
        ),
    ]

    @Test(arguments: wrongPayloads)
    func wrongPayloadIsRejected(
        payload: [UInt8],
        contents: BlockFault.Contents,
        offset: Int
    ) throws {
        #expect(throws: BlockFault.contents(contents, offset: offset)) {
            try decodeTraceRecords(payload, count: 1, isLaterMinor: false)
        }
    }

    @Test func bytesAfterTheLastRecordAreRejected() throws {
        let payload = HandmadeFile.payload([sampleExchange(time: 9)])
        #expect(throws: BlockFault.contents(.bytesLeftOver, offset: payload.count)) {
            try decodeTraceRecords(payload + [0], count: 1, isLaterMinor: false)
        }
    }

    @Test func hostileIndexIsReplacedBySearch() throws {
        let payload = HandmadeFile.payload([sampleExchange(time: 9)])
        var plain = HandmadeFile()
        plain.append(.records, payload, recordCount: 1, times: 9...9)
        let blocks = try BlockReader(
            source: MemoryStorage(plain.bytes),
            file: "a.mtr",
            wanted: .trace
        ).blocks
        var wrongIndexes: [[IndexEntry]] = [[], [blocks[0]], blocks + blocks]
        for size in [0, 63, Int64.max] {
            var entries = blocks
            entries[1].end = entries[1].offset &+ size
            wrongIndexes.append(entries)
        }
        for index in wrongIndexes {
            var file = plain
            file.finish(index: index)
            let contents = try TraceContents(file.bytes)
            #expect(contents.records == [sampleExchange(time: 9)])
            #expect(contents.damage == [.rejectedIndex(offset: Int64(plain.bytes.count), .end)])
        }
    }

    @Test func indexThatContradictsABlockRejectsTheBlock() throws {
        let payload = HandmadeFile.payload([sampleExchange(time: 9)])
        var file = HandmadeFile()
        file.append(.records, payload, recordCount: 1, times: 9...9)
        var index = try BlockReader(
            source: MemoryStorage(file.bytes),
            file: "a.mtr",
            wanted: .trace
        ).blocks
        index[1].times = 0...9
        file.finish(index: index)
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == [])
        #expect(contents.damage == [.rejectedBlock(offset: blockOffset, .end)])
    }

    @Test(arguments: 0..<400)
    func decodersNeverTrapOnMutatedPayloads(seed: UInt64) {
        var records = RandomRecords(seed: seed)
        var ending: [UInt8] = []
        ending.append(ending: RunEnding(isPartial: false, duration: 1, ledger: sampleLedger()))
        var metadata: [UInt8] = []
        metadata.append(metadata: sampleInfo.metadata)
        let trace = HandmadeFile.payload((0..<3).map { _ in records.record() })
        for payload in [trace, ending, metadata] {
            var payload = payload
            for _ in 0..<Int.random(in: 1...3, using: &records.random) {
                let offset = Int.random(in: payload.indices, using: &records.random)
                payload[offset] =
                    [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &records.random) ?? 2
            }
            // What they make of it does not matter as long as they come back.
            for isLaterMinor in [false, true] {
                _ = try? decodeTraceRecords(payload, count: 3, isLaterMinor: isLaterMinor)
                let decoded = try? decodeOutcomes(payload, count: 3, isLaterMinor: isLaterMinor)
                for outcome in decoded ?? [] { _ = (outcome.responseTime, outcome.clientLag) }
            }
            var cursor = ByteCursor(payload)
            _ = try? cursor.metadata()
            cursor = ByteCursor(payload)
            _ = try? cursor.traceEnding()
            cursor = ByteCursor(payload)
            _ = try? cursor.runEnding()
            cursor = ByteCursor(payload)
            _ = try? cursor.index(endingAt: 10_000, major: 2)
        }
    }
}
