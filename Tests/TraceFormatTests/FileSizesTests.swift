import Foundation
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@Suite struct FileSizesTests {
    private func sizes(_ path: FilePath) throws -> (sizes: FileSizes, stored: UInt64) {
        let sizes = try FileSizes(of: path)
        return (sizes, sizes.parts.reduce(0) { $0 + $1.storedBytes })
    }

    @Test(arguments: ["1.0", "1.1", "2.0", "2.1", "2.2"])
    func allPartsTogetherAreTheFile(version: String) throws {
        for (name, contents) in [("\(version).mtr", 50 as UInt64), ("\(version).mrr", 40)] {
            let path = FilePath(VersionSampleTests.folder.appendingPathComponent(name).path)
            let (sizes, stored) = try sizes(path)
            #expect(Int64(stored) == (try path.stat().size))
            #expect(sizes.contentsCount == contents)
            #expect(sizes.damage == [])
        }
    }

    @Test func whatIsDamagedIsNoPart() throws {
        let folder = try TemporaryFolder()
        let path = folder.path.appending("cut.mtr")
        let whole = VersionSampleTests.folder.appendingPathComponent("2.0.mtr")
        try Data(contentsOf: whole).prefix(100).write(to: URL(fileURLWithPath: path.string))
        let (sizes, stored) = try sizes(path)
        #expect(stored == 32)
        #expect(sizes.contentsCount == 0)
        #expect(sizes.damage.count == 1)
    }
}
