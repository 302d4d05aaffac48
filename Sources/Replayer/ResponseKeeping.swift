/// What a run keeps of the responses, beside their figures.
public struct ResponseKeeping: Sendable {
    /// Fields that are kept if nothing else was asked for: who answered, and when to come again.
    public static let usualFields = ["x-mik-handler", "retry-after"]
    /// Fields without which a kept body cannot be read.
    private static let fieldsOfBodies = ["content-type", "content-encoding"]

    /// The names of the fields that are kept, in lower case.
    let fields: [[UInt8]]
    /// Whether bodies are kept, up to `Outcome.keptBodyLimit`.
    let keepsBodies: Bool

    /// Keeps the usual fields, these ones, and the bodies if wanted.
    public init(fields: [String] = [], keepsBodies: Bool = false) {
        let names = Self.usualFields + (keepsBodies ? Self.fieldsOfBodies : []) + fields
        self.fields = names.map { Array($0.lowercased().utf8) }
        self.keepsBodies = keepsBodies
    }

    /// The names of all fields, with commas between them; `nil` if only the usual ones are kept.
    var description: String? {
        guard fields.count > Self.usualFields.count else { return nil }
        return fields.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
    }
}
