@testable import Capture
import Testing

@Suite struct StreamReassemblerTests {
    /// A stream with everything that came out of it.
    private struct Bench {
        var stream = StreamReassembler()
        var output: [UInt8] = []
        var isEnded = false

        init(start: UInt32 = 0) { stream.start(at: SequenceNumber(start)) }

        mutating func receive(
            _ text: String,
            at sequence: UInt32,
            isEnd: Bool = false,
            cause: Int64 = 0,
            otherPosition: Int64 = 0
        ) {
            let bytes = Array(text.utf8)
            let offset = stream.offset(of: SequenceNumber(sequence))
            let range = stream.receive(
                bytes.span,
                at: offset,
                isEnd: isEnd,
                cause: cause,
                otherPosition: otherPosition,
                time: 0
            )
            if let range { output += bytes[range] }
            drain(otherPosition: otherPosition)
        }

        mutating func drain(otherPosition: Int64) {
            while let piece = stream.popWaiting(otherPosition: otherPosition) {
                output += piece.bytes
                if piece.isEnd { isEnded = true }
            }
        }

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    @Test func bytesInOrderComeOutAtOnce() {
        var bench = Bench(start: 100)
        bench.receive("abc", at: 100)
        bench.receive("def", at: 103)
        #expect(bench.text == "abcdef")
        #expect(bench.stream.position == 6)
        #expect(bench.stream.counts == StreamReassembler.Counts())
    }

    @Test func everyOrderOfSegmentsMakesTheSameStream() {
        let pieces: [(UInt32, String)] = [(0, "ab"), (2, "c"), (3, "def"), (6, "gh"), (8, "i")]
        for order in permutations(Array(pieces.indices)) {
            // The numbers wrap inside the stream.
            var bench = Bench(start: UInt32.max - 3)
            for index in order {
                bench.receive(pieces[index].1, at: (UInt32.max - 3) &+ pieces[index].0)
            }
            #expect(bench.text == "abcdefghi", "\(order)")
            #expect(bench.stream.waitingByteCount == 0)
        }
    }

    @Test func endComesAfterTheLastByteInAnyOrder() {
        var bench = Bench()
        bench.receive("c", at: 2, isEnd: true)
        #expect(!bench.isEnded)
        bench.receive("ab", at: 0)
        #expect(bench.text == "abc")
        #expect(bench.isEnded && bench.stream.isEnded)
        bench.receive("zzz", at: 3)
        bench.receive("c", at: 2, isEnd: true)
        #expect(bench.text == "abc")
        #expect(bench.stream.counts.afterEnd == 2)
    }

    @Test func retransmissionWithOtherBoundariesIsCountedOnce() {
        var bench = Bench()
        bench.receive("abcd", at: 0)
        bench.receive("cdef", at: 2)
        bench.receive("ab", at: 0)
        #expect(bench.text == "abcdef")
        #expect(bench.stream.counts.retransmitted == 4)
    }

    @Test func firstCopyWinsAndADifferentSecondOneIsCounted() {
        var bench = Bench()
        bench.receive("cd", at: 2)
        bench.receive("gh", at: 6)
        bench.receive("abXdefgY", at: 0)
        #expect(bench.text == "abcdefgh")
        #expect(bench.stream.counts.differing == 4)
        bench.receive("ij", at: 8)
        #expect(bench.text == "abcdefghij")
    }

    @Test func equalSecondCopyOfWaitingBytesIsARetransmission() {
        var bench = Bench()
        bench.receive("cd", at: 2)
        bench.receive("bcde", at: 1)
        bench.receive("a", at: 0)
        #expect(bench.text == "abcde")
        #expect(bench.stream.counts.retransmitted == 2)
        #expect(bench.stream.counts.differing == 0)
    }

    @Test func gapIsGivenUpOnDemand() {
        var bench = Bench()
        bench.receive("ab", at: 0)
        bench.receive("ef", at: 4)
        #expect(bench.stream.declareMissing(upTo: 4) == 2)
        bench.drain(otherPosition: 0)
        #expect(bench.text == "abef")
        #expect(bench.stream.counts.gaps == 1)
        #expect(bench.stream.counts.missing == 2)
        bench.receive("cd", at: 2)
        #expect(bench.text == "abef")
        #expect(bench.stream.counts.retransmitted == 2)
    }

    @Test func bytesFromBeforeTheStartAreNamed() {
        var bench = Bench(start: 10)
        bench.receive("xyzabc", at: 7)
        #expect(bench.text == "abc")
        #expect(bench.stream.counts.beforeStart == 3)
    }

    @Test func bytesWaitForTheirCause() {
        var bench = Bench()
        bench.receive("answer", at: 0, cause: 5, otherPosition: 3)
        #expect(bench.text == "")
        bench.receive("more", at: 6, cause: 0, otherPosition: 4)
        #expect(bench.text == "")
        bench.drain(otherPosition: 5)
        #expect(bench.text == "answermore")
    }

    private func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let item = rest.remove(at: index)
            return permutations(rest).map { [item] + $0 }
        }
    }
}
