import HTTPWire
import TraceFormat

/// A place in a response at which a target gives a value.
enum ResponsePlace: Hashable, Sendable {
    /// The value of the cookie of this name that `Set-Cookie` sets (RFC 6265, section 4.1).
    case cookie([UInt8])
    /// The part of `Location` with this number, by `URLParts`.
    case location(Int)
    /// The string or number at the end of these steps into a JSON body.
    case json([JSONStep])
}

/// The values in a response.
struct ResponseValues {
    /// How long a body may be, inflated or not, to be looked at; a run keeps no longer ones either.
    static let bodyLimit = Outcome.keptBodyLimit

    private let head: ResponseHead
    /// The JSON in the body; empty where there is none.
    private let json: [UInt8]
    /// Whether there is a JSON body that can't be looked at: it is not there, too long or damaged.
    let lacksBody: Bool

    /// Looks at a response.
    ///
    /// - Parameters:
    ///   - head: Its head.
    ///   - body: Its body without the transfer coding; `nil` where it is not known.
    init(_ head: ResponseHead, body: [UInt8]?) {
        self.head = head
        let isJSON = head.fields.has("json", inFirst: "content-type")
        // Answers to HEAD have the fields of a body and none.
        guard isJSON, body?.isEmpty != true else {
            (json, lacksBody) = ([], false)
            return
        }
        var known = body.flatMap { $0.count <= Self.bodyLimit ? $0 : nil }
        if head.fields.hasElement("gzip", in: "content-encoding"), let body = known {
            known = GzipReader.inflated(body, limit: Self.bodyLimit)
        }
        json = known ?? []
        lacksBody = known == nil
    }

    /// Calls `body` with each value and its place.
    func forEach(_ body: (_ value: ArraySlice<UInt8>, _ place: () -> ResponsePlace) -> Void) {
        let fields = head.fields
        for index in 0..<fields.count {
            let range = fields.valueRange(at: index)
            if fields.isLine(at: index, named: "set-cookie") {
                guard let (name, value) = Self.cookie(head.bytes[range]) else { continue }
                body(value) { .cookie(Array(name)) }
            } else if fields.isLine(at: index, named: "location") {
                for (number, part) in URLParts.ranges(of: head.bytes[range]).enumerated() {
                    body(head.bytes[part]) { .location(number) }
                }
            }
        }
        JSONLeaves.forEach(in: json) { leaf in
            body(json[leaf.range]) { .json(leaf.path) }
        }
    }

    /// The values at some places; `nil` for one that is not there.
    func values(at places: [ResponsePlace]) -> [[UInt8]?] {
        var values = [[UInt8]?](repeating: nil, count: places.count)
        forEach { value, place in
            let found = place()
            for (index, wanted) in places.enumerated() where wanted == found {
                values[index] = Array(value)
            }
        }
        return values
    }

    /// The name and value that a `Set-Cookie` begins with.
    private static func cookie(
        _ field: ArraySlice<UInt8>
    ) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
        let pair = field.prefix { $0 != UInt8(ascii: ";") }
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return (pair[..<equals], pair[(equals + 1)...])
    }
}

/// The parts of a URL that can be identifiers: path segments and the values of a query.
enum URLParts {
    private static let delimiters = ASCIISet("/?&=#")

    /// Where they stand, in order.
    static func ranges(of url: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = url.startIndex
        for offset in url.indices where delimiters.contains(url[offset]) {
            if offset > start { ranges.append(start..<offset) }
            start = offset + 1
        }
        if url.endIndex > start { ranges.append(start..<url.endIndex) }
        return ranges
    }
}
