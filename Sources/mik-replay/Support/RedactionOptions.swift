import ArgumentParser
import Capture
import Redaction
import SystemPackage

/// What is sensitive, and the key of the placeholders for it.
struct RedactionPolicyOptions: ParsableArguments {
    @Option(
        name: .customLong("redact"),
        help: ArgumentHelp(
            "A field whose value is replaced, beside Authorization, "
                + "Proxy-Authorization, Cookie, Set-Cookie and X-API-Key; repeatable.",
            valueName: "name"
        )
    )
    var fields: [String] = []

    @Option(
        name: .customLong("redact-query"),
        help: ArgumentHelp(
            "A parameter whose value is replaced in URLs and forms; repeatable.",
            valueName: "name"
        )
    )
    var queryNames: [String] = []

    @Option(
        name: .customLong("redact-json"),
        help: ArgumentHelp(
            "Where values are replaced in JSON bodies, such as $.user.password, "
                + "$.cards[*].number or $..token; repeatable.",
            valueName: "path"
        )
    )
    var jsonPaths: [String] = []

    @Option(
        name: .customLong("redact-key"),
        help: ArgumentHelp(
            "A file with a secret: traces made with it have the same placeholders "
                + "for the same values.",
            valueName: "file"
        )
    )
    var keyFile: String?

    /// Whether none of the options is given.
    var isEmpty: Bool {
        fields.isEmpty && queryNames.isEmpty && jsonPaths.isEmpty && keyFile == nil
    }

    /// What is replaced.
    func policy() throws(RedactionError) -> RedactionPolicy {
        try RedactionPolicy(fields: fields, queryNames: queryNames, jsonPaths: jsonPaths)
    }

    /// The key, if one is given.
    func key() throws -> RedactionKey? {
        try keyFile.map { try Self.key(in: FilePath($0)) }
    }

    private static let keyByteCountLimit = 64 << 10

    private static func key(in path: FilePath) throws -> RedactionKey {
        var secret = [UInt8](repeating: 0, count: keyByteCountLimit)
        var count = 0
        do {
            let file = try FileDescriptor.open(path, .readOnly)
            try file.closeAfter {
                while count < secret.count {
                    let read = try unsafe secret.withUnsafeMutableBytes {
                        try unsafe file.read(into: .init(rebasing: $0[count...]))
                    }
                    if read == 0 { break }
                    count += read
                }
            }
        } catch let error as Errno {
            throw CommandFailure("cannot read \(path.string): \(error)", .inputMissing)
        }
        return try RedactionKey(secret: Array(secret[..<count]))
    }
}

/// What is kept out of a trace, for all ways to record.
struct RedactionOptions: ParsableArguments {
    @OptionGroup
    var sensitive: RedactionPolicyOptions

    @Flag(help: "Record credentials as they are.")
    var keepSensitive = false

    func validate() throws {
        guard keepSensitive, !sensitive.isEmpty else { return }
        throw ValidationError("--keep-sensitive and the --redact options exclude each other")
    }

    /// How to redact; `nil` when everything is to be kept.
    func redaction() throws -> RecordingRedaction? {
        guard !keepSensitive else { return nil }
        return RecordingRedaction(policy: try sensitive.policy(), key: try sensitive.key())
    }
}
