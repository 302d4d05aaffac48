import SystemPackage

/// The small text files in which the kernel tells of itself.
enum SystemText {
    private static let limit = 1 << 20

    /// The text of a file, up to 1 MiB of it; `nil` when it can't be read or is empty.
    static func contents(of path: FilePath) -> String? {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
        defer { try? file.close() }
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while text.count < limit,
            let count = try? unsafe bytes.withUnsafeMutableBytes({ try unsafe file.read(into: $0) }
            ),
            count > 0
        {
            text += bytes.prefix(count)
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// The first line of a file without its end; `nil` when there is none.
    static func firstLine(of path: FilePath) -> String? {
        contents(of: path)?.split(separator: "\n", omittingEmptySubsequences: false).first
            .flatMap { $0.isEmpty ? nil : String($0) }
    }
}
