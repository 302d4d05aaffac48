/// What of an exchange is sensitive.
public struct RedactionPolicy: Equatable, Sendable {
    /// How much of a field's value is replaced.
    enum FieldRule: Equatable, Sendable {
        /// All of it.
        case wholeValue
        /// What follows the name of the scheme (RFC 9110, section 11.4).
        case credentials
        /// The value of each pair (RFC 6265, section 4.2).
        case cookies
        /// The value of the first pair; the attributes stay (RFC 6265, section 4.1).
        case setCookie
    }

    /// A field that is sensitive, with its name in lower case.
    struct Field: Equatable, Sendable {
        let name: [UInt8]
        let rule: FieldRule
    }

    private(set) var fields = [
        Field(name: Array("authorization".utf8), rule: .credentials),
        Field(name: Array("proxy-authorization".utf8), rule: .credentials),
        Field(name: Array("cookie".utf8), rule: .cookies),
        Field(name: Array("set-cookie".utf8), rule: .setCookie),
        Field(name: Array("x-api-key".utf8), rule: .wholeValue),
    ]
    private(set) var queryNames: [[UInt8]] = []
    private(set) var jsonPaths: [JSONPath] = []

    /// The credentials that every server knows: `Authorization`, `Proxy-Authorization`, `Cookie`,
    /// `Set-Cookie` and `X-API-Key`.
    public static let standard = RedactionPolicy()

    private init() {}

    /// The standard, and more.
    ///
    /// - Parameters:
    ///   - fields: Names of further fields, in any case, whose whole values are replaced.
    ///   - queryNames: Names of parameters whose values are replaced: in request targets, in the
    ///     URLs of `Referer`, `Location` and `Content-Location`, and in bodies that are forms.
    ///   - jsonPaths: Where in JSON bodies strings and numbers are replaced; see `JSONPath`.
    /// - Throws: `RedactionError`.
    public init(
        fields: [String],
        queryNames: [String] = [],
        jsonPaths: [String] = []
    ) throws(RedactionError) {
        for name in fields { try add(field: name) }
        for name in queryNames {
            guard !name.isEmpty else { throw .emptyQueryName }
            self.queryNames.append(Array(name.utf8))
        }
        for path in jsonPaths { self.jsonPaths.append(try JSONPath(path)) }
    }

    private mutating func add(field name: String) throws(RedactionError) {
        let lowercased = Array(name.lowercased().utf8)
        let isToken = lowercased.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }
        guard isToken, !lowercased.isEmpty else { throw .invalidFieldName(name) }
        let framing = [
            "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te",
            "trailer",
        ]
        guard !framing.contains(name.lowercased()) else { throw .framingField(name) }
        guard !self.fields.contains(where: { $0.name == lowercased }) else { return }
        self.fields.append(Field(name: lowercased, rule: .wholeValue))
    }
}

extension RedactionPolicy: CustomStringConvertible {
    /// What is replaced, for the trace to say of itself.
    public var description: String {
        let text = { (names: [[UInt8]]) in
            names.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        }
        var parts = ["fields " + text(fields.map(\.name))]
        if !queryNames.isEmpty { parts.append("query " + text(queryNames)) }
        if !jsonPaths.isEmpty {
            parts.append("json " + jsonPaths.map(\.text).joined(separator: ", "))
        }
        return parts.joined(separator: "; ")
    }
}
