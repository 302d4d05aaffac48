import Glibc
import SystemPackage
import TraceFormat

/// Named baselines: a folder for each, with the runs in it as they were given, by number.
///
///     baselines/release-1/1.mrr, 2.mrr, …
///
/// All that is to be known of a baseline (host, kernel, trace, date) is in its runs.
struct BaselineFolder {
    let path: FilePath

    /// One baseline.
    struct Baseline {
        let name: String
        /// Its runs, in the order in which they were saved.
        let runs: [FilePath]
        /// What its first run says of itself.
        let info: RunInfo
    }

    /// The runs that a baseline may have.
    static let limit = 100

    /// Whether a text can name a baseline: it becomes the name of a folder.
    static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch UnicodeScalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_": true
            default: false
            }
        }
        return isPlain && !text.isEmpty && !text.hasPrefix(".") && text.utf8.count <= 100
    }

    /// The baseline of this name.
    func baseline(_ name: String) throws -> Baseline {
        let runs = runs(of: name)
        guard let first = runs.first else {
            let known = names.joined(separator: ", ")
            throw CommandFailure(
                "there is no baseline '\(name)' in \(path.string)"
                    + (known.isEmpty ? "" : "; there are \(known)"),
                .inputMissing
            )
        }
        return Baseline(name: name, runs: runs, info: try RunReader(opening: first).info)
    }

    /// All baselines, by name.
    func all() throws -> [Baseline] { try names.map(baseline) }

    /// Keeps copies of runs under a name.
    ///
    /// The copies are made beside an older baseline and take its place when they are whole.
    func save(_ name: String, _ runs: [FilePath], replacing: Bool) throws {
        let final = path.appending(name)
        if !replacing, exists(final) { throw CommandFailure.alreadyExists(final) }
        let fresh = path.appending(".\(name).\(getpid())")
        try makeFolder(path)
        try makeFolder(fresh)
        do {
            for (position, run) in runs.enumerated() {
                try copy(run, to: fresh.appending("\(position + 1).mrr"))
            }
            if exists(final) { try remove(name) }
            guard unsafe rename(fresh.string, final.string) == 0 else {
                throw failure("made", final)
            }
        } catch {
            discard(fresh)
            throw error
        }
    }

    /// Removes a baseline, and nothing that was not saved with it.
    func remove(_ name: String) throws {
        _ = try baseline(name)
        let folder = path.appending(name)
        discard(folder)
        if exists(folder) { throw failure("removed", folder) }
    }

    private var names: [String] {
        (FolderListing.entries(of: path) ?? []).filter { Self.isName($0) && !runs(of: $0).isEmpty }
            .sorted()
    }

    private func runs(of name: String) -> [FilePath] {
        (1...Self.limit).lazy.map { path.appending(name).appending("\($0).mrr") }
            .prefix { exists($0) }.map(\.self)
    }
}

// MARK: - Files

extension BaselineFolder {
    private func exists(_ path: FilePath) -> Bool { (try? path.stat()) != nil }

    private func failure(_ what: String, _ path: FilePath) -> CommandFailure {
        CommandFailure("\(path.string) can't be \(what): \(Errno(rawValue: errno))", .cannotWrite)
    }

    private func makeFolder(_ path: FilePath) throws {
        guard unsafe mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
            throw failure("made", path)
        }
    }

    /// Removes a folder with the runs in it.
    private func discard(_ folder: FilePath) {
        for number in 1...Self.limit { OutputFile.discard(folder.appending("\(number).mrr")) }
        _ = unsafe rmdir(folder.string)
    }

    private func copy(_ source: FilePath, to copy: FilePath) throws {
        let input = try FileDescriptor.open(source, .readOnly)
        try input.closeAfter {
            let output = try FileDescriptor.open(
                copy,
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: .ownerReadWrite
            )
            try output.closeAfter {
                var part = [UInt8](repeating: 0, count: 1 << 16)
                while case let count = try unsafe part.withUnsafeMutableBytes({
                    try unsafe input.read(into: $0)
                }), count > 0 {
                    try output.writeAll(part[..<count])
                }
            }
        }
    }
}
