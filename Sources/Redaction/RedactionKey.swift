internal import Crypto

/// The secret that placeholders depend on.
///
/// Whoever has it can test whether a placeholder stands for a value that they guess; so it is
/// never written into a trace.
public struct RedactionKey: Equatable, Sendable {
    let key: SymmetricKey

    /// The fewest bytes that a secret may have.
    public static let leastByteCount = 16

    /// A new key that nobody has.
    public static func random() -> RedactionKey {
        RedactionKey(key: SymmetricKey(size: .bits256))
    }

    /// The key made of a secret of any length from `leastByteCount` on, such as a file's contents.
    public init(secret: [UInt8]) throws(RedactionError) {
        guard secret.count >= Self.leastByteCount else {
            throw .shortKey(byteCount: secret.count)
        }
        var derivation = Derivation()
        derivation.update(secret.span)
        self = derivation.finish()
    }

    private init(key: SymmetricKey) {
        self.key = key
    }

    /// Makes a key of an input that comes in parts, so that the same input makes the same key.
    public struct Derivation: Sendable {
        private var hash: SHA256

        /// Starts in front of the first byte.
        public init() {
            hash = SHA256()
            hash.update(data: Array("mik-replay redaction key".utf8))
        }

        /// Takes the next bytes of the input.
        public mutating func update(_ bytes: Span<UInt8>) {
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }

        /// The key of all bytes so far.
        public func finish() -> RedactionKey {
            RedactionKey(key: SymmetricKey(data: hash.finalize()))
        }
    }
}
