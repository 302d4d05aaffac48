import SystemPackage
import TraceFormat

/// A file or standard input whose bytes are inflated where they are gzip'd, as the first ones tell.
struct InflatedInput: ~Copyable {
    private static let outputSize = 256 << 10

    private let stream: InputStream
    private let name: String
    private var gzip = GzipReader()
    private var isGzip: Bool?
    /// What was read and not yet given out, from `offset` on.
    private var chunk: [UInt8] = []
    private var offset = 0

    /// Opens a file, which errors call `name`; `-` is standard input.
    init(opening path: FilePath, name: String) throws(CommandFailure) {
        stream = try InputStream(opening: path)
        self.name = name
    }

    /// The next bytes; `nil` at the end.
    mutating func read() throws(CommandFailure) -> [UInt8]? {
        if isGzip == nil { try recognize() }
        if isGzip == true { return try inflate() }
        guard chunk.isEmpty else {
            defer { chunk = [] }
            return chunk
        }
        return try stream.read()
    }

    /// Looks at the first bytes, which stay in `chunk`.
    private mutating func recognize() throws(CommandFailure) {
        while chunk.count < GzipReader.magic.count, let bytes = try stream.read() {
            chunk += bytes
        }
        isGzip = chunk.starts(with: GzipReader.magic)
    }

    private mutating func inflate() throws(CommandFailure) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: Self.outputSize)
        while true {
            let count = try inflate(into: &output)
            if count > 0 {
                output.removeLast(output.count - count)
                return output
            }
            guard offset == chunk.count else { continue }
            guard let next = try stream.read() else {
                guard gzip.isAtMemberEnd else {
                    throw CommandFailure("\(name): the gzip data end too early", .badData)
                }
                return nil
            }
            (chunk, offset) = (next, 0)
        }
    }

    private mutating func inflate(into output: inout [UInt8]) throws(CommandFailure) -> Int {
        do {
            let chunk = chunk
            return try gzip.inflate(chunk.span, at: &offset, into: &output, from: 0)
        } catch {
            throw CommandFailure("\(name): \(error)", .badData)
        }
    }
}
