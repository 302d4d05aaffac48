import Foundation
import SystemPackage
import Testing
import TraceFormat

/// The files of all versions so far, which are never written again.
@Suite struct VersionSampleTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("traces/versions")

    @Test(arguments: ["1.0", "1.1"])
    func traceOfEveryVersionSaysWhatItSaid(version: String) throws {
        let path = Self.folder.appendingPathComponent("\(version).mtr").path
        let expected = try String(contentsOfFile: path + ".jsonl", encoding: .utf8)
        let lines = try ContentLines.trace(FilePath(path))
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }

    @Test(arguments: ["1.0", "1.1"])
    func runOfEveryVersionSaysWhatItSaid(version: String) throws {
        let path = Self.folder.appendingPathComponent("\(version).mrr").path
        let expected = try String(contentsOfFile: path + ".jsonl", encoding: .utf8)
        let lines = try ContentLines.run(FilePath(path))
        #expect(lines == expected.split(separator: "\n").map(String.init))
    }
}
