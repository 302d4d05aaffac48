import Foundation
import Testing
import TraceFormat

@testable import Analyzer

/// The formats for other programs.
@Suite struct ExportTests {
    private func run() -> SyntheticRun {
        var run = SyntheticRun()
        for number in 0..<40 as Range<Int64> {
            run.answer("/run/cart", due: number * 1000, service: 1400 + number, late: 1)
        }
        run.answer("/a\"b\\<c>", due: 50_000, service: 10, status: 500)
        run.end("/run/cart", due: 51_000, after: 500, .failed(.closedWithoutResponse))
        run.leaveUnsent("/run/cart", due: 52_000, .incompleteRecording)
        return run
    }

    @Test func csvHasALineForEachOutcome() throws {
        var outcome = run().outcomes[0]
        outcome.target = "/a,\"b\""
        outcome.requestID = "x"
        outcome.handshakeDuration = 70
        outcome.keptFields = Array("A: b\r\n".utf8)
        outcome.contentFingerprint = Fingerprint(high: 1, low: 2)
        let line = OutcomeCSV.line(outcome)
        #expect(
            line
                == "0,0,0,,GET,\"/a,\"\"b\"\"\",\"/a,\"\"b\"\"\",0,1000,1401000,1401000,0,,completed,,200,,"
                + "0,0,0,,x,70,\"A: b\r\n\",00000000000000010000000000000002\r\n"
        )
        let columns = OutcomeCSV.header.split(separator: ",").count
        let plain = run().outcomes.map(OutcomeCSV.line)
        #expect(plain[41].contains(",failed,closed-without-response,,"))
        #expect(plain[42].contains(",unsent,incomplete-recording,,"))
        let counts = Set(
            plain.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
        )
        #expect(counts == [columns])
    }

    /// Takes the text apart by the grammar of OpenMetrics 1.0, as far as gauges need it.
    private func samples(of text: String) throws -> [String: String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try #require(lines.suffix(2) == ["# EOF", ""])
        lines.removeLast(2)
        var samples: [String: String] = [:]
        var family = ""
        for line in lines {
            if line.hasPrefix("# TYPE ") {
                family = String(line.dropFirst(7).split(separator: " ")[0])
                #expect(line.hasSuffix(" gauge"))
            } else if line.hasPrefix("# UNIT ") {
                #expect(line == "# UNIT \(family) \(family.split(separator: "_").last ?? "")")
            } else if line.hasPrefix("# HELP ") {
                #expect(line.hasPrefix("# HELP \(family) "))
            } else {
                let space = try #require(line.lastIndex(of: " "))
                let (series, value) = (
                    String(line[..<space]), String(line[line.index(after: space)...])
                )
                #expect(series == family || series.hasPrefix(family + "{"))
                #expect(Double(value) != nil)
                #expect(samples.updateValue(value, forKey: series) == nil, "\(series) comes twice")
            }
        }
        return samples
    }

    @Test func openMetricsAreWellFormedAndAddUp() throws {
        let samples = try samples(of: run().analysed().openMetricsReport())
        #expect(samples["mik_replay_requests{route=\"all\",end=\"succeeded\"}"] == "40")
        #expect(samples["mik_replay_requests{route=\"all\",end=\"rejected\"}"] == "1")
        #expect(samples["mik_replay_requests{route=\"all\",end=\"failed\"}"] == "1")
        #expect(samples["mik_replay_requests{route=\"all\",end=\"unsent\"}"] == "1")
        let median = "mik_replay_service_time_seconds{route=\"/run/cart\",quantile=\"0.5\"}"
        #expect(samples[median] == "0.001419000")
        #expect(samples.keys.contains { $0.contains("/a\\\"b\\\\<c>") })
    }

    @Test func junitNamesWhatFailed() throws {
        let analysis = run().analysed()
        let thresholds = analysis.judged(
            by: [try Threshold(parsing: "p50<1ns"), try Threshold(parsing: "p50<1h")],
            strict: false
        )
        let text = analysis.junitReport(thresholds: thresholds)
        let parser = XMLCounter()
        #expect(parser.parse(text), "\(text)")
        #expect(parser.counts["testcase"] == analysis.validity.checks.count + 2)
        #expect(parser.counts["testsuite"] == 2)
        let failed = analysis.validity.checks.count { $0.result == .failed } + 1
        #expect(parser.counts["failure"] == failed)
        #expect(text.contains("missed: "))
    }

    @Test func theDistributionEndsAtTheLargestValue() {
        let lines = run().analysed().percentileDistribution().split(separator: "\n")
        #expect(lines[0].contains("Percentile") && lines[0].contains("1/(1-Percentile)"))
        let values = lines.dropFirst().compactMap { line -> Double? in
            line.hasPrefix("#") ? nil : line.split(separator: " ").first.flatMap { Double($0) }
        }
        #expect(values == values.sorted() && values.count > 5)
        #expect(abs((values.last ?? 0) - 1.440) < 0.01)
    }
}

/// Counts the elements of a document, and sees whether it is one.
private final class XMLCounter {
    private(set) var counts: [String: Int] = [:]

    func parse(_ text: String) -> Bool {
        var open: [Substring] = []
        for part in text.split(separator: "<").drop(while: { $0.hasPrefix("?") }) {
            guard let end = part.lastIndex(of: ">") else { return false }
            let tag = part[..<end]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return false }
                continue
            }
            let name = tag.prefix { !" /".contains($0) }
            counts[String(name), default: 0] += 1
            if !tag.hasSuffix("/") { open.append(name) }
        }
        return open.isEmpty
    }
}
