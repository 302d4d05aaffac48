import HTTPWire
import TraceFormat

/// What compressed bodies hold, remembered by the fingerprints of the bodies, because many come again.
struct KnownContents {
    private struct Body: Hashable {
        var fingerprint: Fingerprint
        var coding: ContentCoding
    }

    /// Of so many bodies it is remembered; then all of them are forgotten.
    private static let limit = 4096

    private var contents: [Body: Fingerprint?] = [:]

    /// The fingerprint of what a body holds; `nil` when it is damaged or holds too much.
    mutating func fingerprint(of body: CodedBody, known fingerprint: Fingerprint) -> Fingerprint? {
        let key = Body(fingerprint: fingerprint, coding: body.coding)
        if let known = contents[key] { return known }
        let content = body.contentFingerprint
        if contents.count == Self.limit { contents = [:] }
        contents.updateValue(content, forKey: key)
        return content
    }
}
