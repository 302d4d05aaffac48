/// A way to compress what a message carries that can be undone here (RFC 9110, section 8.4.1).
public enum ContentCoding: Equatable, Sendable {
    /// Gzip (RFC 1952), also under its old name `x-gzip`.
    case gzip
    /// Deflated data in the wrapping of zlib (RFC 1950).
    case deflate

    /// The coding of this name; `nil` for others.
    public init?(named lowercasedName: String) {
        switch lowercasedName {
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        default: return nil
        }
    }
}

extension HeaderFields {
    /// The coding of a body that has this one and no other.
    ///
    /// `nil` for a body without a coding, with several on top of each other, or with one that can't
    /// be undone here. The name `identity` is no coding (RFC 9110, section 12.5.3).
    public var onlyContentCoding: ContentCoding? {
        var names: [String] = []
        forEachElement(of: "content-encoding") { range in
            let name = String(decoding: bytes[range], as: UTF8.self).lowercased()
            if !name.isEmpty, name != "identity" { names.append(name) }
        }
        return names.count == 1 ? ContentCoding(named: names[0]) : nil
    }
}
