import Glibc
import SystemPackage

/// Lends the path of a file that does not exist yet, and removes what became of it.
func withScratchFile(_ body: (FilePath) throws -> Void) throws {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let path = FilePath(folder).appending("mik-replay-benchmark.\(getpid())")
    defer { _ = unsafe unlink(path.string) }
    try body(path)
}
