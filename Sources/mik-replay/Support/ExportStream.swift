import SystemPackage
import TraceFormat

/// What an export is written to, gzip'd where that is wanted.
struct ExportStream: ~Copyable {
    private var stream: OutputStream
    private var gzip: GzipWriter?

    /// Creates a file; `-` is standard output.
    init(creating path: FilePath, replacing: Bool, gzipping: Bool) throws(CommandFailure) {
        stream = try OutputStream(creating: path, replacing: replacing)
        gzip = gzipping ? GzipWriter() : nil
    }

    /// Whether nobody reads standard output any more.
    var isUnread: Bool { stream.isUnread }

    /// Writes bytes at the end.
    mutating func write(_ bytes: [UInt8]) throws(CommandFailure) {
        try stream.write(gzip?.deflate(bytes) ?? bytes)
    }

    /// Writes what is left to write.
    mutating func finish() throws(CommandFailure) {
        if let rest = gzip?.finish() { try stream.write(rest) }
    }
}
