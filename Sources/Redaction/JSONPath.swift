/// Where in a JSON document sensitive values stand: a part of JSONPath (RFC 9535).
///
///     $.user.password         a member of a member
///     cards[0].number         the `$` may be left out; elements count from 0
///     cards[*].number         all elements, or all members
///     $..token                members of this name at any depth
///     $['a.b']                a name with other characters than letters, digits, - and _
///
/// When the value at a path is an object or an array, everything in it is sensitive.
public struct JSONPath: Equatable, Sendable {
    /// What a step leads to.
    enum Selector: Equatable, Sendable {
        case member([UInt8])
        case element(Int)
        case any
    }

    /// One step down.
    struct Step: Equatable, Sendable {
        let selector: Selector
        /// Whether the step may lead over any number of others.
        let isDeep: Bool
    }

    /// The path as it was written.
    public let text: String
    /// The steps from the root.
    let steps: [Step]

    /// Reads a path.
    public init(_ text: String) throws(RedactionError) {
        self.text = text
        var parser = Parser(text)
        steps = try parser.steps()
    }

    private struct Parser {
        let text: String
        var rest: Substring

        init(_ text: String) {
            self.text = text
            rest = text[...]
        }

        mutating func steps() throws(RedactionError) -> [Step] {
            guard !rest.isEmpty else { throw error("it is empty") }
            if !take("$"), rest.first != ".", rest.first != "[" { rest = "." + rest }
            var steps: [Step] = []
            while !rest.isEmpty {
                if take("..") {
                    let selector = take("[") ? try bracketed() : try named()
                    steps.append(Step(selector: selector, isDeep: true))
                } else if take(".") {
                    steps.append(Step(selector: try named(), isDeep: false))
                } else if take("[") {
                    steps.append(Step(selector: try bracketed(), isDeep: false))
                } else {
                    throw error("'\(rest)' does not begin with . or [")
                }
            }
            return steps
        }

        private mutating func named() throws(RedactionError) -> Selector {
            if take("*") { return .any }
            let name = rest.prefix { $0 != "." && $0 != "[" }
            let isPlain = name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte >= 0x80
            }
            guard !name.isEmpty else { throw error("a name is missing") }
            guard isPlain else { throw error("write the name '\(name)' as ['\(name)']") }
            rest = rest[name.endIndex...]
            return .member(Array(name.utf8))
        }

        private mutating func bracketed() throws(RedactionError) -> Selector {
            for quote in ["'", "\""] where take(quote) {
                guard let end = rest.range(ofFirst: quote + "]") else {
                    throw error("\(quote)] is missing")
                }
                defer { rest = rest[end.upperBound...] }
                return .member(Array(rest[..<end.lowerBound].utf8))
            }
            let content = rest.prefix { $0 != "]" }
            rest = rest[content.endIndex...]
            guard take("]") else { throw error("] is missing") }
            if content == "*" { return .any }
            guard let index = Int(content), index >= 0 else {
                throw error("'\(content)' is neither a number, nor *, nor a quoted name")
            }
            return .element(index)
        }

        private mutating func take(_ prefix: String) -> Bool {
            guard rest.hasPrefix(prefix) else { return false }
            rest = rest.dropFirst(prefix.count)
            return true
        }

        private func error(_ reason: String) -> RedactionError {
            .invalidJSONPath(text, reason: reason)
        }
    }
}

extension Substring {
    /// Where the text stands first.
    fileprivate func range(ofFirst text: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(text) }
            .map { $0..<index($0, offsetBy: text.count) }
    }
}
