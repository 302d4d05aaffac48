import HTTPWire
import TraceFormat

/// The whole body of a response under one content coding, which is to be looked into where that
/// makes no request late.
struct CodedBody: Equatable, Sendable {
    let coding: ContentCoding
    /// The body without its transfer coding; not empty, at most `Outcome.codedBodyLimit` bytes.
    let bytes: [UInt8]

    /// The fingerprint of what it holds; `nil` when it is damaged, or holds over
    /// `Outcome.contentLimit` bytes.
    var contentFingerprint: Fingerprint? {
        let wrapping: GzipReader.Wrapping =
            switch coding {
            case .gzip: .gzip
            case .deflate: .zlib
            }
        return GzipReader.fingerprintOfContent(bytes, wrapping, limit: Outcome.contentLimit)
    }
}
