import Foundation
import SystemPackage
import Testing

@testable import TraceFormat

/// Input that is not what it should be: one sentence, the right exit status, no output file.
@Suite(.timeLimit(.minutes(5)))
struct BadInputTests {
    /// A file that no command can use.
    struct BadFile: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// What the sentence says of it.
        let complaint: String

        static let all = [
            BadFile(testDescription: "empty", bytes: [], complaint: "bad.mtr is empty"),
            BadFile(
                testDescription: "cut inside its header",
                bytes: Array(
                    FileHeader(kind: .trace, version: Layout.version).encoded().prefix(20)
                ),
                complaint: "bad.mtr is cut off inside its header"
            ),
            BadFile(
                testDescription: "foreign",
                bytes: Array("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n".utf8),
                complaint: "bad.mtr is not a mik-replay file"
            ),
            BadFile(
                testDescription: "of a future version",
                bytes: FileHeader(kind: .trace, version: FormatVersion(major: 3, minor: 0))
                    .encoded(),
                complaint: "bad.mtr has format version 3.0 and needs a mik-replay that reads "
                    + "version 3"
            ),
        ]
    }

    @Test(arguments: BadFile.all)
    func fileThatNoCommandCanUseIsNamedWithItsFault(_ file: BadFile) async throws {
        let program = try Program()
        try Data(file.bytes).write(to: program.url("bad.mtr"))
        for command in [
            ["info", "bad.mtr"], ["info", "--json", "bad.mtr"], ["--speed", "4x", "bad.mtr"],
            ["report", "bad.mtr"], ["report", "--json", "bad.mtr"],
            ["diff", "--json", "bad.mtr", "bad.mtr"],
        ] {
            let finished = try await program.run(command)
            finished.expectFailure(65, saying: file.complaint)
        }
        #expect(try program.fileNames == ["bad.mtr"])
    }

    @Test(arguments: [["info"], ["replay"], ["report"], ["record", "pcap", "-o", "new.mtr"]])
    func missingFileIsNamed(_ command: [String]) async throws {
        let program = try Program()
        let finished = try await program.run(command + ["missing.file"])
        finished.expectFailure(66, saying: "cannot open missing.file: No such file or directory")
        #expect(try program.fileNames == [])
    }

    @Test(arguments: [["info"], ["replay"], ["report"], ["record", "pcap", "-o", "new.mtr"]])
    func directoryIsNoInput(_ command: [String]) async throws {
        let program = try Program()
        let finished = try await program.run(command + ["."])
        finished.expectFailure(66, saying: "directory")
        #expect(try program.fileNames == [])
    }

    @Test(arguments: [[], Array("no packets at all, but some text".utf8)])
    func whatIsNoCaptureMakesNoTrace(_ bytes: [UInt8]) async throws {
        let program = try Program()
        try Data(bytes).write(to: program.url("day.pcap"))
        let finished = try await program.run("record", "pcap", "-o", "day.mtr", "day.pcap")
        finished.expectFailure(65, saying: "day.pcap is ")
        #expect(try program.fileNames == ["day.pcap"])
    }

    @Test func traceWithoutExchangesIsNoPass() async throws {
        let program = try Program()
        try writeTrace(to: program.file("none.mtr"), connections: [])
        let facts = try await program.json("info", "--json", "none.mtr")
        #expect(try facts["exchanges"].number == 0)
        try await program.standIn { shop, _ in
            let finished = try await program.run("--target", shop, "none.mtr")
            finished.expectFailure(65, saying: "the trace has no exchanges")
        }
        #expect(try program.fileNames == ["none.mtr"])
    }

    @Test func traceAndRunAreNotTakenForEachOther() async throws {
        let program = try Program()
        try writeTrace(to: program.file("one.mtr"), connections: [["/health"]])
        try await program.standIn { shop, _ in
            try await program.run("--target", shop, "-o", "one.mrr", "one.mtr")
        }
        let replay = try await program.run("one.mrr")
        replay.expectFailure(65, saying: "one.mrr is a run, but a trace is wanted")
        let report = try await program.run("report", "one.mtr")
        report.expectFailure(65, saying: "one.mtr is a trace, but a run is wanted")
    }

    @Test func cutTraceIsReadUpToItsLastWholeBlock() async throws {
        let program = try Program()
        let targets = Array(repeating: "/run/echo", count: 20_000)
        try writeTrace(to: program.file("whole.mtr"), connections: [targets])
        let bytes = try Data(contentsOf: program.url("whole.mtr"))
        let cut = Array(bytes.prefix(bytes.count * 3 / 4))
        try Data(cut).write(to: program.url("cut.mtr"))
        let facts = try await program.json("info", "--json", "cut.mtr")
        let count = try #require(try facts["exchanges"].number)
        #expect(count > 0 && count < targets.count)
        #expect(try facts["finished"].flag == false)
        #expect(try !facts["damage"].elements.isEmpty)
        let lines = try await program.run("info", "cut.mtr")
        #expect(lines.output.contains("DAMAGE"))
    }
}

extension FinishedCommand {
    /// Expects one sentence on standard error, nothing on standard output, and the exit status.
    func expectFailure(_ status: Int32, saying sentence: String) {
        #expect(self.status == status, "\(self)")
        #expect(output == "")
        #expect(errors.hasPrefix("mik-replay: ") && errors.contains(sentence), "\(errors)")
        #expect(errors.split(separator: "\n").count == 1, "\(errors)")
    }
}

extension Program {
    /// The names of the files in the folder.
    var fileNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted() }
    }
}
