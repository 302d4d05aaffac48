import Glibc
import SystemPackage

/// A text file that a command writes besides its standard output.
enum OutputFile {
    /// Refuses an output that is the very file that is read: `--force` would empty it first.
    static func refuse(_ output: FilePath, asInput input: FilePath) throws(CommandFailure) {
        guard let output = try? output.stat(), let input = try? input.stat(),
            output.deviceID == input.deviceID, output.inode == input.inode
        else { return }
        throw CommandFailure("the output is the file that is read; give it another name", .usage)
    }

    /// Removes a file that a command began and can't finish; pipes and devices have nothing to lose.
    static func discard(_ path: FilePath) {
        guard path != "-", (try? path.stat().type) == .regular else { return }
        _ = unsafe path.withPlatformString { unsafe unlink($0) }
    }

    /// Writes the text; an existing file is only replaced when that was asked for.
    static func write(_ text: String, to path: FilePath, replacing: Bool) throws(CommandFailure) {
        try writing(to: path, replacing: replacing) { file in _ = try file.writeAll(text.utf8) }
    }

    /// Writes text part by part, without holding all of it.
    ///
    /// - Parameters:
    ///   - header: The first text.
    ///   - path: Where to.
    ///   - replacing: Whether an existing file may be replaced.
    ///   - next: The text that follows; `nil` at the end.
    /// - Throws: `CommandFailure` when the file can't be written, and what `next` throws.
    static func write(
        _ header: String,
        to path: FilePath,
        replacing: Bool,
        next: () throws -> String?
    ) throws {
        var failure: (any Error)?
        try writing(to: path, replacing: replacing) { file in
            var part = header
            while failure == nil {
                do {
                    guard let text = try next() else { break }
                    part += text
                } catch {
                    failure = error
                }
                if part.utf8.count >= 1 << 16 {
                    _ = try file.writeAll(part.utf8)
                    part = ""
                }
            }
            _ = try file.writeAll(part.utf8)
        }
        if let failure { throw failure }
    }

    /// Opens a file for `body`, whose errors are taken for the file's.
    static func writing(
        to path: FilePath,
        replacing: Bool,
        _ body: (FileDescriptor) throws -> Void
    ) throws(CommandFailure) {
        let options: FileDescriptor.OpenOptions =
            replacing ? [.create, .truncate] : [.create, .exclusiveCreate]
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: options,
                permissions: [.ownerReadWrite, .groupRead]
            )
            try file.closeAfter { try body(file) }
        } catch Errno.fileExists {
            throw .alreadyExists(path)
        } catch {
            throw CommandFailure("\(path.string) can't be written: \(error)", .cannotWrite)
        }
    }
}
