import Foundation
import SystemPackage
import Testing

@testable import TraceFormat

/// A folder that is there for one test.
private final class Folder {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("trace-format-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> FilePath { FilePath(url.appendingPathComponent(name).path) }
}

@Suite struct FileTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func write(_ path: FilePath, replacing: Bool = false) throws(TraceError) {
        var writer = try TraceWriter(creating: path, replacing: replacing, info: sampleInfo)
        try writer.append(sampleExchange(time: 4))
        _ = try writer.finish(ledger: sampleLedger())
    }

    @Test func fileIsWrittenForItsOwnerAndReadBack() throws {
        let path = folder.path("a.mtr")
        try write(path)
        #expect(try path.stat().permissions == [.ownerRead, .ownerWrite])
        #expect(try FileKind.detect(path) == .trace)
        var reader = try TraceReader(opening: path)
        #expect(try reader.next() == sampleExchange(time: 4))
        #expect(try reader.next() == nil)
        #expect(reader.version == Layout.version)
        #expect(reader.damage == [])
    }

    @Test func runFileIsWrittenAndReadBack() throws {
        let path = folder.path("a.mrr")
        let outcome = Outcome(
            index: 1,
            connection: 2,
            sequence: 3,
            method: "GET",
            target: "/",
            due: 4
        )
        var writer = try RunWriter(creating: path, info: sampleRunInfo)
        try writer.append(outcome)
        try writer.finish(RunEnding(isPartial: false, duration: 5))
        #expect(try FileKind.detect(path) == .run)
        var reader = try RunReader(opening: path)
        #expect(reader.ending == RunEnding(isPartial: false, duration: 5))
        #expect(try reader.next() == outcome)
        #expect(try reader.next() == nil)
    }

    @Test func existingFileIsOnlyReplacedWhenAsked() throws {
        let path = folder.path("a.mtr")
        try Data([UInt8](repeating: 7, count: 10_000)).write(
            to: folder.url.appendingPathComponent("a.mtr")
        )
        let error = #expect(throws: TraceError.self) { try write(path) }
        #expect(error == .alreadyExists(file: path.string))
        #expect(error?.category == .cannotWrite)
        try write(path, replacing: true)
        #expect(try TraceReader(opening: path).summary.exchanges == 1)
    }

    @Test func folderAsOutputIsRefused() throws {
        for replacing in [false, true] {
            let error = #expect(throws: TraceError.self) {
                try write(folder.path(""), replacing: replacing)
            }
            #expect(error?.category == .cannotWrite)
            #expect(error?.description.hasSuffix("Is a directory") == true)
        }
    }

    @Test func outputInAMissingFolderIsRefused() throws {
        let path = folder.path("no/a.mtr")
        #expect(throws: TraceError.cannotCreate(file: path.string, .noSuchFileOrDirectory)) {
            try write(path)
        }
    }

    @Test func fullDiskIsAnErrorWithItsReason() throws {
        let error = #expect(throws: TraceError.self) { try write("/dev/full") }
        #expect(error == .cannotWrite(file: "/dev/full", offset: 0, .noSpace))
        #expect(error?.category == .cannotWrite)
    }

    @Test func missingInputIsTold() throws {
        let path = folder.path("a.mtr")
        let error = #expect(throws: TraceError.self) { _ = try TraceReader(opening: path) }
        #expect(error == .cannotOpen(file: path.string, .noSuchFileOrDirectory))
        #expect(error?.category == .missingInput)
    }

    @Test func folderOrDeviceAsInputIsRefused() throws {
        let error = #expect(throws: TraceError.self) { _ = try RunReader(opening: folder.path("")) }
        #expect(error?.category == .missingInput)
        #expect(error?.description.hasSuffix("it is a directory, not a file") == true)
        #expect(throws: TraceError.notAFile(file: "/dev/null", what: "a device or pipe")) {
            _ = try FileKind.detect("/dev/null")
        }
    }

    @Test func emptyInputIsTold() throws {
        let path = folder.path("a.mtr")
        try Data().write(to: folder.url.appendingPathComponent("a.mtr"))
        #expect(throws: TraceError.emptyFile(file: path.string)) { try FileKind.detect(path) }
        #expect(throws: TraceError.emptyFile(file: path.string)) {
            _ = try TraceReader(opening: path)
        }
    }
}
