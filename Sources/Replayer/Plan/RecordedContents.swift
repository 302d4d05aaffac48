import TraceFormat

/// Looks into the gzip'd bodies of recorded responses whose bytes the trace has.
///
/// A plan does not read the heads of responses, so a body counts as gzip'd if it is a whole gzip file.
struct RecordedContents {
    /// So many bodies are known again.
    private static let rememberedLimit = 4096

    private var remembered: [Fingerprint: Fingerprint?] = [:]

    /// The fingerprint of what a whole body holds; `nil` where there is nothing to look into, or over
    /// `Outcome.contentLimit` bytes of it.
    mutating func fingerprint(of body: RecordedBody) -> Fingerprint? {
        guard let bytes = body.bytes, bytes.count <= Outcome.codedBodyLimit,
            bytes.starts(with: GzipReader.magic)
        else { return nil }
        if let known = remembered[body.fingerprint] { return known }
        let content = GzipReader.fingerprintOfContent(bytes, limit: Outcome.contentLimit)
        if remembered.count < Self.rememberedLimit {
            remembered.updateValue(content, forKey: body.fingerprint)
        }
        return content
    }
}
