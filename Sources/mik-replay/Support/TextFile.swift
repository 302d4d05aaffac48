import SystemPackage

/// A small text file that a command reads besides its main input.
enum TextFile {
    /// Reads a file of at most `limit` bytes, which has to be UTF-8.
    static func read(_ path: FilePath, limit: Int) throws(CommandFailure) -> String {
        let bytes: [UInt8]
        do {
            let file = try FileDescriptor.open(path, .readOnly)
            bytes = try file.closeAfter { try Self.bytes(of: file, atMost: limit + 1) }
        } catch Errno.noSuchFileOrDirectory {
            throw CommandFailure("\(path.string) does not exist", .inputMissing)
        } catch {
            throw CommandFailure("\(path.string) can't be read: \(error)", .inputMissing)
        }
        guard bytes.count <= limit else {
            throw CommandFailure("\(path.string) has more than \(limit) bytes", .badData)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure("\(path.string) is no text in UTF-8", .badData)
        }
        return text
    }

    private static func bytes(of file: FileDescriptor, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let room = min(part.count, limit - bytes.count)
            let count = try unsafe part.withUnsafeMutableBytes { buffer in
                try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
            }
            if count == 0 { break }
            bytes += part[..<count]
        }
        return bytes
    }
}
