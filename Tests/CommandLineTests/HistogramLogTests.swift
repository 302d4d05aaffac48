import Foundation
import Subprocess
import SystemPackage
import Testing
import TraceFormat

/// Histogram logs, read by another implementation of HdrHistogram: PyPI's `hdrhistogram`, which
/// `make setup-tests` puts into .build/python.
@Suite(.timeLimit(.minutes(5)))
struct HistogramLogTests {
    private static let python = FilePath(
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".build/python/bin/python").path
    )
    private static let hasReader = FileManager.default.isExecutableFile(atPath: python.string)

    private static let reader = """
        import sys
        from hdrh.histogram import HdrHistogram
        total = HdrHistogram(1, 3600 * 10**9, 3)
        for line in open(sys.argv[1]):
            if line[0] in '#"': continue
            tag = line.startswith("Tag=")
            histogram = HdrHistogram.decode(line.rstrip().rsplit(",", 1)[1])
            if not tag: total.add(histogram)
            else: print(line.split(",")[0], histogram.get_total_count(), histogram.get_max_value())
        print(total.get_total_count(), total.get_value_at_percentile(50), total.get_max_value())
        """

    @Test(.enabled(if: hasReader, "needs PyPI's hdrhistogram in .build/python"))
    func anotherImplementationReadsThem() async throws {
        let program = try Program()
        try writeRun(to: program.file("run.mrr"), count: 3000) { outcome in
            outcome.target = outcome.index % 3 == 0 ? "/run/cart" : "/run/echo"
            outcome.end = outcome.due + Int64(outcome.index + 1) * 1000
        }
        let report = try await program.run("report", "run.mrr", "--hlog", "run.hlog")
        #expect(report.status == 0, "\(report)")
        let read = try await program.run(
            ["-c", Self.reader, "run.hlog"],
            by: .path(Self.python)
        )
        #expect(read.status == 0, "\(read)")
        let lines = read.output.split(separator: "\n").map { $0.split(separator: " ") }
        try #require(lines.count == 3, "\(read)")
        #expect(lines[0].prefix(2) == ["Tag=/run/cart", "1000"])
        #expect(lines[1].prefix(2) == ["Tag=/run/echo", "2000"])
        #expect(lines[2][0] == "3000")
        let (middle, greatest) = (
            try #require(Double(lines[2][1])), try #require(Double(lines[2][2]))
        )
        #expect((1_499_000...1_502_000).contains(middle))
        #expect((3_000_000...3_003_000).contains(greatest))
    }
}
