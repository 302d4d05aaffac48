/// A request of a synthetic load.
struct LoadRequest: Equatable, Sendable {
    var method: String
    /// The path with its query, as in the request line.
    var path: String
    /// The fields besides those that every request has; these win over them.
    var fields: [Field] = []
    var body: [UInt8] = []
    /// How often it comes, in relation to the others of its load; positive.
    var weight = 1

    /// A field of the request.
    struct Field: Equatable, Sendable {
        var name: String
        var value: String
    }

    /// The head and its empty line; the replayer puts the target's name in place of the host.
    var head: [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1"]
        for field in usualFields where !isGiven(field.name) {
            lines.append("\(field.name): \(field.value)")
        }
        lines += fields.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private var usualFields: [Field] {
        var usual = [
            Field(name: "Host", value: "target"),
            Field(name: "User-Agent", value: "mik-replay/\(Version.current)"),
            Field(name: "Accept", value: "*/*"),
        ]
        // A server may wait for a body where these methods have no length (RFC 9110, section 8.6).
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            usual.append(Field(name: "Content-Length", value: String(body.count)))
        }
        if let first = body.first {
            let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            usual.append(
                Field(
                    name: "Content-Type",
                    value: isJSON ? "application/json" : "application/octet-stream"
                )
            )
        }
        return usual
    }

    private func isGiven(_ name: String) -> Bool {
        fields.contains { $0.name.lowercased() == name.lowercased() }
    }
}

extension [LoadRequest] {
    /// The numbers of the requests in the order in which they come, each as often as its weight says
    /// and spread evenly.
    ///
    /// In each turn every request gains its weight, and the richest one pays the sum of all weights
    /// and comes: the smooth weighted round robin of nginx.
    var pattern: [Int] {
        let sum = reduce(0) { $0 + $1.weight }
        var credits = map { _ in 0 }
        return (0..<sum).compactMap { _ in
            for index in indices { credits[index] += self[index].weight }
            guard
                let richest = indices.max(by: {
                    credits[$0] < credits[$1] || credits[$0] == credits[$1] && $0 > $1
                })
            else { return nil }
            credits[richest] -= sum
            return richest
        }
    }
}
