import Foundation
import Testing

/// A JSON document, to be asked by the names of its members.
struct JSON {
    private let value: Any

    /// Reads a text that is one JSON document and nothing else.
    init(_ text: String) throws {
        value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    }

    private init(value: Any) {
        self.value = value
    }

    /// The member of this name; a missing one fails the test.
    subscript(name: String) -> JSON {
        get throws {
            let members = try #require(value as? [String: Any], "no object with '\(name)'")
            return JSON(value: try #require(members[name], "no member '\(name)'"))
        }
    }

    /// The names of an object's members.
    var names: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

    /// The elements of an array.
    var elements: [JSON] { (value as? [Any] ?? []).map { JSON(value: $0) } }

    /// A text.
    var text: String? { value as? String }

    /// A whole number.
    var number: Int? { value as? Int }

    /// A number with or without a fraction.
    var measure: Double? { value as? Double }

    /// `true` or `false`.
    var flag: Bool? { value as? Bool }
}
