import SystemPackage
import TraceFormat

/// A file or standard input whose bytes are inflated where they are gzip'd, as the first ones tell.
struct InflatedInput: ~Copyable {
    private static let outputSize = 256 << 10

    private let stream: InputStream
    private let name: String
    private var bytes = InflatedBytes()

    /// Opens a file, which errors call `name`; `-` is standard input.
    init(opening path: FilePath, name: String) throws(CommandFailure) {
        stream = try InputStream(opening: path)
        self.name = name
    }

    /// The next bytes; `nil` at the end.
    mutating func read() throws(CommandFailure) -> [UInt8]? {
        guard !bytes.isPlain else { return try stream.read() }
        var output = [UInt8](repeating: 0, count: Self.outputSize)
        while true {
            if let count = try inflate(into: &output) {
                output.removeLast(output.count - count)
                return output.isEmpty ? nil : output
            }
            bytes.feed(try stream.read() ?? [])
        }
    }

    private mutating func inflate(into output: inout [UInt8]) throws(CommandFailure) -> Int? {
        do {
            return try bytes.read(into: &output, from: 0)
        } catch {
            throw CommandFailure("\(name): \(error)", .badData)
        }
    }
}
