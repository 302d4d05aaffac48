/// Input in a foreign format that can't be understood: where and why.
public struct InterchangeError: Error, Equatable, Sendable {
    /// A place in the input.
    public enum Place: Equatable, Sendable {
        /// A line, from 1.
        case line(Int)
        /// An entry of a list, from 0, and the byte of the input at which it starts.
        case entry(Int, byte: Int)
        /// A byte of the input, from 0.
        case byte(Int)
    }

    /// Where it is.
    public var place: Place
    /// What is wrong, as the rest of a sentence that starts with the place.
    public var reason: String

    /// Makes an error.
    public init(_ place: Place, _ reason: String) {
        self.place = place
        self.reason = reason
    }
}

extension InterchangeError: CustomStringConvertible {
    /// The place and the reason.
    public var description: String { "\(place): \(reason)" }
}

extension InterchangeError.Place: CustomStringConvertible {
    /// The place in words.
    public var description: String {
        switch self {
        case .line(let number): "line \(number)"
        case .entry(let index, let byte): "entry \(index), which starts at byte \(byte)"
        case .byte(let offset): "byte \(offset)"
        }
    }
}
