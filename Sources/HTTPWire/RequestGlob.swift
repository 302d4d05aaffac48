/// A pattern for requests, such as `GET /run/cart/*`.
///
/// An optional method and a space come first; without them any method matches. In the target, `*`
/// stands for any characters, slashes too; everything else stands for itself, case included. The
/// query is only looked at when the pattern has a `?`.
public struct RequestGlob: Equatable, Sendable, CustomStringConvertible {
    /// The pattern as it was given.
    public let description: String
    private let method: [UInt8]?
    private let target: [UInt8]
    private let looksAtQuery: Bool

    /// Reads a pattern; `nil` when its target is neither a path, `*`, nor starts with one.
    public init?(_ pattern: String) {
        let words = pattern.split(separator: " ", omittingEmptySubsequences: false)
        guard (1...2).contains(words.count), let target = words.last,
            target.hasPrefix("/") || target.hasPrefix("*"), words.first != ""
        else { return nil }
        description = pattern
        method = words.count == 2 ? words.first.map { Array($0.utf8) } : nil
        self.target = Array(target.utf8)
        looksAtQuery = target.utf8.contains(UInt8(ascii: "?"))
    }

    /// Whether a request matches that has this head.
    public func matches(requestHead head: [UInt8]) -> Bool {
        let line = StartLine(ofRequest: head)
        return matches(method: head[line.first], target: head[line.second])
    }

    /// Whether a request matches that has this method and this target.
    public func matches(method: String, target: String) -> Bool {
        matches(method: Array(method.utf8)[...], target: Array(target.utf8)[...])
    }

    private func matches(method: ArraySlice<UInt8>, target: ArraySlice<UInt8>) -> Bool {
        if let wanted = self.method, !method.elementsEqual(wanted) { return false }
        var target = target
        if !looksAtQuery {
            target = target.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        }
        return matches(target)
    }

    /// Goes back to the last `*` alone when a later part does not fit, so that no pattern takes
    /// more steps than its length times the target's.
    private func matches(_ text: ArraySlice<UInt8>) -> Bool {
        let star = UInt8(ascii: "*")
        var (position, offset) = (0, text.startIndex)
        var retry: (position: Int, offset: Int)?
        while offset < text.endIndex {
            if position < target.count, target[position] == star {
                position += 1
                retry = (position, offset)
            } else if position < target.count, target[position] == text[offset] {
                position += 1
                offset += 1
            } else if let last = retry {
                retry = (last.position, last.offset + 1)
                (position, offset) = (last.position, last.offset + 1)
            } else {
                return false
            }
        }
        return target[position...].allSatisfy { $0 == star }
    }
}
