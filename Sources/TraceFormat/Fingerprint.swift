internal import Crypto

/// The first 16 bytes of the SHA-256 of a body, by which equal bodies are known again.
///
/// The body is taken as it was after removal of the transfer coding and before removal of any
/// content coding, unless it is said to be that of a content. Sixteen bytes are far more than enough against accidents; they are no
/// signature.
public struct Fingerprint: Equatable, Hashable, Sendable {
    /// Bytes 0 to 7 of the digest, the first one most significant.
    public var high: UInt64
    /// Bytes 8 to 15 of the digest, byte 8 most significant.
    public var low: UInt64

    /// Makes a fingerprint from its two halves, as stored in a file.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Fingerprints bytes that are all there at once.
    public init(of bytes: [UInt8]) {
        var fingerprinter = Fingerprinter()
        fingerprinter.update(bytes.span, bytes.indices)
        self = fingerprinter.finish()
    }
}

extension Fingerprint: CustomStringConvertible {
    /// Thirty-two lower-case hexadecimal digits.
    public var description: String {
        var digits = ""
        for half in [high, low] {
            let text = String(half, radix: 16)
            digits += String(repeating: "0", count: 16 - text.count) + text
        }
        return digits
    }
}

/// Fingerprints a body that arrives in parts.
public struct Fingerprinter {
    private var hash = SHA256()

    /// Starts with an empty body.
    public init() {}

    /// Adds the bytes at `range` to the body.
    public mutating func update(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        unsafe bytes.extracting(range).withUnsafeBytes { buffer in
            unsafe hash.update(bufferPointer: buffer)
        }
    }

    /// The fingerprint of all bytes so far; more bytes may follow.
    public func finish() -> Fingerprint {
        unsafe hash.finalize().withUnsafeBytes { digest in
            unsafe Fingerprint(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
