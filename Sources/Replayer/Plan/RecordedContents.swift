import HTTPWire
import TraceFormat

/// Looks into the gzip'd bodies of recorded responses whose bytes the trace has.
///
/// A plan does not read the heads of responses, so a body counts as gzip'd if it is a whole gzip file.
struct RecordedContents {
    private var contents = KnownContents()

    /// The fingerprint of what a whole body holds; `nil` where there is nothing to look into, or over
    /// `Outcome.contentLimit` bytes of it.
    mutating func fingerprint(of body: RecordedBody) -> Fingerprint? {
        guard let bytes = body.bytes, bytes.count <= Outcome.codedBodyLimit,
            bytes.starts(with: GzipReader.magic)
        else { return nil }
        return contents.fingerprint(
            of: CodedBody(coding: .gzip, bytes: bytes),
            known: body.fingerprint
        )
    }
}
