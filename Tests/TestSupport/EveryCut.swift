/// The ways in which a connection can deliver the same bytes: whole, byte by byte, and cut in two
/// at each place.
///
///     for cut in EveryCut(of: message) {
///         #expect(decode(cut.pieces) == expected, "\(cut)")
///     }
public struct EveryCut: Sequence {
    /// One way to deliver the bytes.
    public struct Cut: CustomStringConvertible {
        /// How the bytes are cut: `whole`, `byte by byte` or `cut at byte 7`.
        public let description: String
        /// The bytes in their order; no piece is empty.
        public let pieces: [ArraySlice<UInt8>]
    }

    private let bytes: [UInt8]

    /// All cuts of these bytes.
    public init(of bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Makes the cuts one after the other; they share the bytes.
    public func makeIterator() -> AnyIterator<Cut> {
        let bytes = bytes
        let whole = Cut(description: "whole", pieces: bytes.isEmpty ? [] : [bytes[...]])
        let single = Cut(
            description: "byte by byte",
            pieces: bytes.indices.map { bytes[$0...$0] }
        )
        let inTwo = bytes.indices.dropFirst().lazy.map { place in
            Cut(description: "cut at byte \(place)", pieces: [bytes[..<place], bytes[place...]])
        }
        var ends = [whole, single].makeIterator()
        var cuts = inTwo.makeIterator()
        return AnyIterator { ends.next() ?? cuts.next() }
    }
}
