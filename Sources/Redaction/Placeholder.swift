internal import Crypto
internal import TraceFormat

/// Makes what stands in a trace in the place of a secret: as long as the secret, equal for equal
/// secrets, and without the key of no use to find the secret.
///
/// It is an HMAC-SHA256 (RFC 2104) of the secret, spelled in the characters of the base64url
/// alphabet (RFC 4648, section 5), 192 bits of it and then the same again. Short secrets have
/// short placeholders, so different ones may get the same.
struct Placeholder: Sendable {
    private let key: SymmetricKey

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )

    /// Makes placeholders that depend on this key.
    init(_ key: RedactionKey) {
        self.key = key.key
    }

    /// Replaces the bytes at `range` by their placeholder.
    func replace(_ range: Range<Int>, of bytes: inout [UInt8]) {
        guard !range.isEmpty else { return }
        let code = self.code(of: bytes, range)
        for (index, offset) in range.enumerated() {
            bytes[offset] = Self.alphabet[Int(code[index % code.count] & 63)]
        }
    }

    /// Replaces the digits of a number in JSON by others, so that it stays one (RFC 8259,
    /// section 6): sign, point and exponent stay, and the first of several digits is no zero.
    func replaceDigits(_ range: Range<Int>, of bytes: inout [UInt8]) {
        let code = self.code(of: bytes, range)
        let end = range.first { bytes[$0] | 0x20 == UInt8(ascii: "e") } ?? range.upperBound
        var isFirst = true
        for offset in range.lowerBound..<end where Self.isDigit(bytes[offset]) {
            let value = code[(offset - range.lowerBound) % code.count]
            let leads = isFirst && offset + 1 < end && Self.isDigit(bytes[offset + 1])
            bytes[offset] = 0x30 + (leads ? 1 + value % 9 : value % 10)
            isFirst = false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A fingerprint of which the original one can't be guessed; equal for equal ones.
    func replacement(of fingerprint: Fingerprint) -> Fingerprint {
        let code = self.code(of: Array("fingerprint \(fingerprint)".utf8))
        let halves = [code[..<8], code[8..<16]].map { half in
            half.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        }
        return Fingerprint(high: halves[0], low: halves[1])
    }

    private func code(of bytes: [UInt8], _ range: Range<Int>? = nil) -> [UInt8] {
        var hash = HMAC<SHA256>(key: key)
        unsafe bytes.withUnsafeBytes { buffer in
            let part = range ?? bytes.indices
            unsafe hash.update(data: UnsafeRawBufferPointer(rebasing: buffer[part]))
        }
        return Array(hash.finalize())
    }
}
