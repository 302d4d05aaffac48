import TestSupport
import Testing

@Suite struct EveryCutTests {
    @Test func bytesComeWholeSingleAndCutAtEachPlace() {
        let cuts = EveryCut(of: [1, 2, 3]).map { ($0.description, $0.pieces.map(Array.init)) }
        #expect(cuts.map(\.0) == ["whole", "byte by byte", "cut at byte 1", "cut at byte 2"])
        #expect(
            cuts.map(\.1) == [[[1, 2, 3]], [[1], [2], [3]], [[1], [2, 3]], [[1, 2], [3]]]
        )
    }

    @Test func noBytesComeInNoPieces() {
        #expect(EveryCut(of: []).map(\.pieces.count) == [0, 0])
    }
}
