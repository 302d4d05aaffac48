import Glibc
import SystemPackage

/// A folder for the files of a load that nobody asked for; it goes away again with all that is in it.
struct ScratchFolder: Sendable {
    private let path: FilePath

    /// What a file is of.
    enum Part: String, CaseIterable {
        case load, warm, cold
    }

    /// The trace of a part.
    func trace(of part: Part) -> FilePath { path.appending("\(part.rawValue).mtr") }

    /// The run of a part.
    func run(of part: Part) -> FilePath { path.appending("\(part.rawValue).mrr") }

    /// Makes the folder, lends it, and removes it.
    static func with<Value>(_ body: (ScratchFolder) async throws -> Value) async throws -> Value {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        let name = "mik-replay.\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let path = FilePath(parent).appending(name)
        guard unsafe path.withPlatformString({ unsafe mkdir($0, 0o700) }) == 0 else {
            throw CommandFailure(
                "a folder for scratch files can't be made in \(parent): \(Errno(rawValue: errno))",
                .cannotWrite
            )
        }
        let folder = ScratchFolder(path: path)
        defer { folder.remove() }
        return try await body(folder)
    }

    private func remove() {
        for part in Part.allCases {
            for file in [trace(of: part), run(of: part)] { OutputFile.discard(file) }
        }
        _ = unsafe path.withPlatformString { unsafe rmdir($0) }
    }
}
