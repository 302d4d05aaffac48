/// One place at which two answers differ.
struct ContentDifference: Equatable {
    /// Where, without the positions in arrays.
    let place: ContentPlace
    /// Where exactly, such as `$.items[3].price` or `byte 17`.
    let location: String
    /// What stands there in the baseline, shortened; `nil` if nothing does.
    let baseline: String?
    /// The same in the candidate.
    let candidate: String?

    /// No longer text is kept of a value or a path.
    static let textLimit = 64
}

/// A place in an answer: what differs there in many answers is counted together.
public struct ContentPlace: Hashable, Sendable {
    /// The kinds of places.
    public enum Part: String, Sendable {
        /// A header field, by its name.
        case header
        /// A value in a JSON body, by its path with `[]` for every element of an array.
        case json
        /// A body that is not JSON on both sides.
        case bytes
    }

    /// What kind of place it is.
    public let part: Part
    /// The name or the path; empty for `bytes`.
    public let path: String

    /// The place in words.
    var words: String {
        switch part {
        case .header: "header \(path)"
        case .json: path
        case .bytes: "body bytes"
        }
    }
}

/// Finds the first byte at which two bodies differ.
///
/// - Returns: The difference; `nil` if the bodies are equal.
func firstDifference(_ baseline: [UInt8], _ candidate: [UInt8]) -> ContentDifference? {
    let shorter = min(baseline.count, candidate.count)
    let position = (0..<shorter).first { baseline[$0] != candidate[$0] } ?? shorter
    guard position < max(baseline.count, candidate.count) else { return nil }
    let excerpt = { (bytes: [UInt8]) -> String? in
        guard position < bytes.count else { return nil }
        let part = bytes[position..<min(bytes.count, position + 24)]
        return "\"\(String(decoding: part, as: UTF8.self).printable)\""
    }
    return ContentDifference(
        place: ContentPlace(part: .bytes, path: ""),
        location: "byte \(position)",
        baseline: excerpt(baseline),
        candidate: excerpt(candidate)
    )
}
