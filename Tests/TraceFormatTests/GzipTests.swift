import SeededRandom
import TestSupport
import Testing

@testable import TraceFormat

@Suite struct GzipTests {
    /// Text that repeats itself, and noise that does not.
    private static func sample(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(count))
        return (0..<count).map { place in
            place % 3 == 0 ? UInt8.random(in: 0...255, using: &random) : UInt8(place / 100 % 256)
        }
    }

    private static func gzipped(_ parts: [[UInt8]]) -> [UInt8] {
        var writer = GzipWriter()
        return parts.flatMap { writer.deflate($0) } + writer.finish()
    }

    private static func read(
        _ pieces: [ArraySlice<UInt8>],
        outputSize: Int = 100
    ) throws -> [UInt8] {
        var bytes = InflatedBytes()
        var pieces = pieces[...]
        var whole: [UInt8] = []
        var output = [UInt8](repeating: 0, count: outputSize)
        while true {
            if let count = try bytes.read(into: &output, from: 0) {
                if count == 0 { return whole }
                whole += output.prefix(count)
            } else {
                bytes.feed(Array(pieces.popFirst() ?? []))
            }
        }
    }

    @Test(arguments: [0, 1, 1000, 400_000])
    func whatWasDeflatedIsInflatedAgain(count: Int) throws {
        let sample = Self.sample(count)
        let whole = Self.gzipped([sample])
        #expect(whole.starts(with: GzipReader.magic))
        #expect(try Self.read([whole[...]], outputSize: 70_000) == sample)
        let parts = stride(from: 0, to: count, by: 999).map {
            Array(sample[$0..<min(count, $0 + 999)])
        }
        #expect(try Self.read([Self.gzipped(parts)[...]], outputSize: 7) == sample)
        #expect(Self.gzipped([sample]) == whole)
    }

    @Test func everyCutGivesTheSameBytes() throws {
        let sample = Self.sample(300)
        for bytes in [Self.gzipped([sample]), sample, [0x1F], [0x1F, 0x8C, 1]] {
            let expected = bytes.starts(with: GzipReader.magic) ? sample : bytes
            for cut in EveryCut(of: bytes) {
                #expect(try Self.read(cut.pieces) == expected, "\(cut)")
            }
        }
    }

    @Test func membersFollowEachOther() throws {
        let both = Self.gzipped([Array("one ".utf8)]) + Self.gzipped([Array("two".utf8)])
        for cut in EveryCut(of: both) {
            #expect(try Self.read(cut.pieces) == Array("one two".utf8), "\(cut)")
        }
    }

    @Test(arguments: [0, 1, 300, 200_000])
    func aBodyIsKnownByWhatItHolds(count: Int) {
        let sample = Self.sample(count)
        let fingerprint = Fingerprint(of: sample)
        let stored = count == 0 ? Self.gzipped([[]]) : gzipFile(sample, memberByteCount: 60_000)
        for body in [Self.gzipped([sample]), stored] {
            #expect(GzipReader.fingerprintOfContent(body, limit: count) == fingerprint)
            #expect(GzipReader.inflated(body, limit: count) == sample)
            #expect(GzipReader.fingerprintOfContent(body, limit: count - 1) == nil)
            #expect(GzipReader.fingerprintOfContent(body + [0], limit: count) == nil)
        }
        let zlib = deflated(sample)
        #expect(GzipReader.fingerprintOfContent(zlib, .zlib, limit: count) == fingerprint)
        #expect(GzipReader.fingerprintOfContent(zlib, limit: count) == nil)
    }

    @Test func aBodyThatIsCutOffHoldsNothingThatIsKnown() {
        let whole = Self.gzipped([Self.sample(300)])
        for end in 0..<whole.count {
            #expect(GzipReader.fingerprintOfContent(Array(whole[..<end]), limit: 300) == nil)
        }
    }

    /// A megabyte for each kilobyte, in one member and in very many.
    @Test func aBombIsLeftAtTheLimit() {
        let bomb = Self.gzipped([[UInt8](repeating: 0, count: 8 << 20)])
        #expect(bomb.count < 10_000)
        #expect(GzipReader.fingerprintOfContent(bomb, limit: 4 << 20) == nil)
        let empty = Array(repeating: Self.gzipped([[]]), count: 10_000).flatMap(\.self)
        #expect(GzipReader.fingerprintOfContent(empty, limit: 0) == Fingerprint(of: []))
    }

    @Test func aFileThatIsCutOffIsDamaged() {
        let whole = Self.gzipped([Self.sample(300)])
        for end in 2..<whole.count {
            #expect(throws: GzipReader.Damage.cutOff) { try Self.read([whole[..<end]]) }
        }
    }
}
