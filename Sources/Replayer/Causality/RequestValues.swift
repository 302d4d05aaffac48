import HTTPWire

/// A kind of place in a request at which a client passes on a value.
enum RequestPlace: Equatable, Sendable {
    /// A segment of the path or a part of the query.
    case target
    /// The value of a cookie (RFC 6265, section 4.2).
    case cookie
    /// What stands behind the scheme in `Authorization` (RFC 9110, section 11.6.2).
    case authorization
    /// A part of a form in the body.
    case form
    /// A string in a JSON body.
    case jsonString
    /// A number in a JSON body.
    case jsonNumber

    /// Whether it is a place in the body.
    var isInBody: Bool {
        switch self {
        case .target, .cookie, .authorization: false
        case .form, .jsonString, .jsonNumber: true
        }
    }

    /// Whether a value may stand here as it is, so that the request means the same for the rest.
    func allows(_ value: [UInt8]) -> Bool {
        guard !value.isEmpty, value.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        let unwanted =
            switch self {
            case .target, .form: "/?#&=\"<>\\^`{|}+"
            case .cookie: "\",;\\"
            case .authorization: ","
            case .jsonString: "\"\\"
            case .jsonNumber: ""
            }
        if self == .jsonNumber {
            return value.allSatisfy { (0x30...0x39).contains($0) } && value.first != 0x30
        }
        return !value.contains { unwanted.utf8.contains($0) }
    }
}

/// The values in a request.
enum RequestValues {
    /// Calls `found` with each value: a part of the head's bytes or of the body's, as its place
    /// says.
    static func forEach(
        head: RequestHead,
        body: [UInt8],
        _ found: (_ value: ArraySlice<UInt8>, _ place: RequestPlace) -> Void
    ) {
        for range in URLParts.ranges(of: head.bytes[head.targetRange]) {
            found(head.bytes[range], .target)
        }
        let fields = head.fields
        for index in 0..<fields.count {
            let value = head.bytes[fields.valueRange(at: index)]
            if fields.isLine(at: index, named: "cookie") {
                forEachCookie(in: value) { found($0, .cookie) }
            } else if fields.isLine(at: index, named: "authorization") {
                guard let space = value.lastIndex(of: 0x20) else { continue }
                found(value[(space + 1)...], .authorization)
            }
        }
        guard !body.isEmpty else { return }
        if fields.has("x-www-form-urlencoded", inFirst: "content-type") {
            for range in URLParts.ranges(of: body[...]) { found(body[range], .form) }
        } else if fields.has("json", inFirst: "content-type") {
            JSONLeaves.forEach(in: body) { leaf in
                found(body[leaf.range], leaf.isString ? .jsonString : .jsonNumber)
            }
        }
    }

    private static func forEachCookie(
        in field: ArraySlice<UInt8>,
        _ found: (ArraySlice<UInt8>) -> Void
    ) {
        for pair in field.split(separator: UInt8(ascii: ";")) {
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            var value = pair[(equals + 1)...]
            while let last = value.last, last <= 0x20 { value.removeLast() }
            found(value)
        }
    }
}
