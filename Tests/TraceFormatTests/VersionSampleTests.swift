import Foundation
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// The files of all versions so far, which are never written again.
@Suite struct VersionSampleTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("traces/versions")

    @Test(arguments: ["1.0", "1.1", "2.0", "2.1", "2.2"])
    func traceOfEveryVersionSaysWhatItSaid(version: String) throws {
        let path = Self.folder.appendingPathComponent("\(version).mtr").path
        let expected = try String(contentsOfFile: path + ".jsonl", encoding: .utf8)
        let lines = try ContentLines.trace(FilePath(path))
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }

    @Test(arguments: ["1.0", "1.1", "2.0", "2.1", "2.2"])
    func runOfEveryVersionSaysWhatItSaid(version: String) throws {
        let path = Self.folder.appendingPathComponent("\(version).mrr").path
        let expected = try String(contentsOfFile: path + ".jsonl", encoding: .utf8)
        let lines = try ContentLines.run(FilePath(path))
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }

    /// What a writer of this version makes of the samples is what the file of this version says.
    @Test func samplesOfThisVersionAreWrittenAsTheySay() throws {
        let folder = try TemporaryFolder()
        let trace = folder.path.appending("sample.mtr")
        let run = folder.path.appending("sample.mrr")
        try VersionSamples.write(trace: trace, run: run)
        let version = try TraceReader(opening: trace).version
        let name = "\(Self.folder.path)/\(version)"
        #expect(try ContentLines.trace(trace) == ContentLines.trace(FilePath("\(name).mtr")))
        #expect(try ContentLines.run(run) == ContentLines.run(FilePath("\(name).mrr")))
    }
}
