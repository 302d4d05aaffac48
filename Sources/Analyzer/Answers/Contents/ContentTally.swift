/// How often answers differ at which place.
public struct ContentTally: Sendable {
    /// A place in the answers of a route.
    struct Key: Hashable {
        let route: String
        let place: ContentPlace
    }

    /// What was seen at a place.
    struct Entry {
        var count: Int
        /// The first request, and what its answers have there.
        let index: UInt64
        let difference: ContentDifference
    }

    private(set) var entries: [Key: Entry] = [:]
    /// Pairs of answers with the same status.
    private(set) var compared = 0
    /// Pairs of which a place differs.
    private(set) var different = 0
    /// Pairs with other bytes of the body and the same content.
    private(set) var sameContent = 0
    /// Pairs with other bytes of the body, of which one can't be decoded.
    private(set) var unreadable = 0
    /// Pairs of which a body is not there.
    private(set) var withoutBody = 0
    /// Answers that waited too long for the other side.
    private(set) var leftOut = 0
    /// Differences at places that are not in the table.
    private(set) var others = 0

    /// Further places are only counted together: names of members may be data.
    static let limit = 4096

    mutating func leaveOut(_ count: Int) {
        leftOut += count
    }

    mutating func add(_ comparison: ContentComparison, index: UInt64, route: String) {
        compared += 1
        switch comparison.bodies {
        case .notKept: withoutBody += 1
        case .unreadable: unreadable += 1
        case .sameContent: sameContent += 1
        case .same, .different: break
        }
        if !comparison.differences.isEmpty { different += 1 }
        others += comparison.furtherCount
        for difference in comparison.differences {
            let key = Key(route: route, place: difference.place)
            guard let entry = entries[key] else {
                guard entries.count < Self.limit else {
                    others += 1
                    continue
                }
                entries[key] = Entry(count: 1, index: index, difference: difference)
                continue
            }
            entries[key]?.count += 1
            // Answers come as their counterparts did, which is not quite the order of the trace.
            guard index < entry.index else { continue }
            entries[key] = Entry(count: entry.count + 1, index: index, difference: difference)
        }
    }
}
