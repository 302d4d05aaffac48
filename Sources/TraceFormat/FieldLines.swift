/// The field lines of a message, whose names are compared without case.
public struct FieldLines: Equatable, Sendable {
    /// The lines with their line ends.
    public let bytes: [UInt8]

    /// Takes lines as they came, each with its line end.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The lines of a whole head, without its start line.
    public init(ofHead head: [UInt8]) {
        let start = head.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.count
        bytes = Array(head[start...])
    }

    /// The value of the first line with this name; see ``values(of:)``.
    public func value(of lowercasedName: String) -> String? {
        values(of: lowercasedName, limit: 1).first
    }

    /// The values of the lines with this name in order, without the white space around them; bytes
    /// that are not UTF-8 show as U+FFFD.
    public func values(of lowercasedName: String) -> [String] {
        values(of: lowercasedName, limit: .max)
    }

    private func values(of lowercasedName: String, limit: Int) -> [String] {
        var values: [String] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            guard String(decoding: name, as: UTF8.self).lowercased() == lowercasedName else {
                continue
            }
            let value = line.dropFirst(name.count + 1)
            let isSpace: (UInt8) -> Bool = { " \t\r".utf8.contains($0) }
            let start = value.firstIndex { !isSpace($0) } ?? value.endIndex
            let end = value.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start
            values.append(String(decoding: value[start..<end], as: UTF8.self))
            if values.count == limit { break }
        }
        return values
    }
}
