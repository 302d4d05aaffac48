import Analyzer
import SystemPackage

/// A file of pairs, written while the runs are compared, so that no more than two are in memory.
struct PairFile {
    private let file: FileDescriptor

    /// Writes a file while something is done; without a name nothing is written.
    ///
    /// - Parameters:
    ///   - name: The file.
    ///   - inputs: Files that must not be overwritten with it.
    ///   - replacing: Whether an existing file may be replaced.
    ///   - body: What is done with the file.
    /// - Returns: What `body` returns.
    /// - Throws: `CommandFailure` when the file can't be written, and what `body` throws.
    static func writing<Value>(
        to name: String?,
        insteadOf inputs: [String],
        replacing: Bool,
        _ body: (PairFile?) throws -> Value
    ) throws -> Value {
        guard let name else { return try body(nil) }
        let path = FilePath(name)
        for input in inputs { try OutputFile.refuse(path, asInput: FilePath(input)) }
        var result: Result<Value, any Error>?
        try OutputFile.writing(to: path, replacing: replacing) { file in
            _ = try file.writeAll(PairCSV.header.utf8)
            result = Result { try body(PairFile(file: file)) }
        }
        guard let result else { preconditionFailure("a file was written, and its content was not") }
        return try result.get()
    }

    /// Writes the pairs of two runs.
    func write(_ baseline: RunAnalysis, _ candidate: RunAnalysis, repetition: Int) throws {
        var part = ""
        for line in PairCSV(baseline, candidate, repetition: repetition) {
            part += line
            if part.utf8.count >= 1 << 16 {
                _ = try file.writeAll(part.utf8)
                part = ""
            }
        }
        _ = try file.writeAll(part.utf8)
    }
}
