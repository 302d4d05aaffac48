internal import HTTPWire

/// A head as the parts that text formats have for it.
struct MessageHead: Equatable {
    /// The request line's method, or the status line's version.
    var first: String
    /// The request line's target, or the status line's status.
    var second: String
    /// The request line's version, or the status line's reason phrase.
    var third: String
    /// The field lines in order, values without the white space around them.
    var fields: [Field]

    /// One field line.
    struct Field: Equatable {
        var name: String
        var value: String
    }

    /// Takes the head of a request apart, whatever its version.
    init(ofRequest head: [UInt8]) {
        self.init(head, StartLine(ofRequest: head))
    }

    /// Takes the head of a response apart, whatever its version.
    init(ofResponse head: [UInt8]) {
        self.init(head, StartLine(ofResponse: head))
    }

    /// Puts the head of a request together.
    init(method: String, target: String, version: String, fields: [Field]) {
        (first, second, third, self.fields) = (method, target, version, fields)
    }

    /// Puts the head of a response together.
    init(version: String, status: UInt16, reason: String, fields: [Field]) {
        (first, second, third, self.fields) = (version, "\(status)", reason, fields)
    }

    private init(_ head: [UInt8], _ line: StartLine) {
        first = String(decoding: head[line.first], as: UTF8.self)
        second = String(decoding: head[line.second], as: UTF8.self)
        third = String(decoding: head[line.third], as: UTF8.self)
        fields = []
        var rest = head[line.end...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let text = rest[..<end].trimmed
            rest = rest[(end + 1)...]
            guard !text.isEmpty else { continue }
            let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
            fields.append(
                Field(
                    name: String(decoding: text[..<colon], as: UTF8.self),
                    value: String(decoding: text[colon...].dropFirst().trimmed, as: UTF8.self)
                )
            )
        }
    }

    /// The usual form of the head: one space behind each colon, lines that end in CR LF.
    ///
    /// A status line without a reason phrase keeps its second space in HTTP/1 (RFC 9112,
    /// section 4), and has none in HTTP/2, whose heads never had a line.
    var bytes: [UInt8] {
        var bytes = Array("\(first) \(second)".utf8)
        if !third.isEmpty || first.hasPrefix("HTTP/1") { bytes += " \(third)".utf8 }
        bytes += "\r\n".utf8
        for field in fields { bytes += "\(field.name): \(field.value)\r\n".utf8 }
        return bytes + "\r\n".utf8
    }

    /// Whether the head stands for one of HTTP/2.
    var isHTTP2: Bool { third == "HTTP/2" || first == "HTTP/2" }

    /// The value of the first field with this name, whatever its case.
    func value(of lowercasedName: String) -> String? {
        fields.first { $0.name.lowercased() == lowercasedName }?.value
    }

    /// What of the parts could not stand in a head, as the rest of a sentence; `nil` if all can.
    var fault: String? {
        for part in [first, second] where part.isEmpty || !part.utf8.allSatisfy(\.isVisible) {
            return "'\(part)' can't stand in a start line"
        }
        guard third.utf8.allSatisfy(\.isFieldText) else {
            return "the end of the start line has control characters"
        }
        for field in fields {
            let isToken = field.name.utf8.allSatisfy { byte in
                byte.isVisible && byte < 0x80 && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
            guard isToken, !field.name.isEmpty else { return "'\(field.name)' is no field name" }
            guard field.value.utf8.allSatisfy(\.isFieldText) else {
                return "the value of \(field.name) has control characters"
            }
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without spaces, tabs and carriage returns at either end.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let start = drop(while: isSpace)
        let count = start.reversed().prefix(while: isSpace).count
        return start.dropLast(count)
    }
}

extension UInt8 {
    fileprivate var isVisible: Bool { self > 0x20 && self != 0x7F }
    fileprivate var isFieldText: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }
}
