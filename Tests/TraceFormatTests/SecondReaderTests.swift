import Foundation
import SeededRandom
import Subprocess
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// A reader in Python, written from `docs/trace-format.md` alone, says the same of every file.
@Suite struct SecondReaderTests {
    private static let root = VersionSampleTests.folder.deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func expectSame(_ path: String, _ lines: [String]) async throws {
        let result = try await run(
            .name("python3"),
            arguments: [
                "\(Self.root)/Tests/TraceFormatTests/read-trace-format",
                "\(Self.root)/docs/trace-format.md", path,
            ],
            output: .string(limit: 64 << 20),
            error: .string(limit: 1 << 20)
        )
        #expect(result.standardError == "")
        let found = try result.standardOutput.split(separator: "\n").map(object)
        let expected = try lines.map(object)
        #expect(found == expected)
    }

    private func object(_ line: some StringProtocol) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(object as? NSDictionary)
    }

    @Test(arguments: ["1.0", "1.1", "2.0", "2.1", "2.2"])
    func samplesSayTheSame(version: String) async throws {
        let name = VersionSampleTests.folder.appendingPathComponent(version).path
        try await expectSame("\(name).mtr", ContentLines.trace(FilePath("\(name).mtr")))
        try await expectSame("\(name).mrr", ContentLines.run(FilePath("\(name).mrr")))
    }

    @Test(arguments: ["small.mtr", "checkout.mtr"])
    func recordedTracesSayTheSame(name: String) async throws {
        let path = "\(Self.root)/traces/\(name)"
        try await expectSame(path, ContentLines.trace(FilePath(path)))
    }

    @Test func randomRecordsSayTheSame() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("random.mtr")
        var random = RandomRecords(seed: 11)
        var writer = try TraceWriter(creating: path, info: VersionSamples.info)
        let body = random.bytes(upTo: 3000)
        for number in 0..<300 {
            try writer.append(random.record())
            // Contents that come again in later blocks.
            try writer.append(sampleExchange(time: Int64(number), body: body))
            if number % 100 == 50 { try writer.flush() }
        }
        _ = try writer.finish(ledger: VersionSamples.ledger)
        try await expectSame(path.string, ContentLines.trace(path))
    }
}
