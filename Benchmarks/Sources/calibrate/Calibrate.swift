import SyntheticRuns

/// Counts how often comparisons of synthetic runs are right, and prints the table for
/// docs/measurement.md.
///
///     calibrate [TRIALS] [REQUESTS IN EACH RUN]
@main
struct Calibrate {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let trials = numbers.first ?? 200
        let target = SyntheticTarget(requestCount: numbers.dropFirst().first ?? 10_000)
        print(
            "\(trials) comparisons each, K = 6, \(target.requestCount) requests, σ of a run 2 %\n"
        )
        print("| change of a route of 5 % | false alarm | found | regressed | named first |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for slowdown in [1.0, 1.1, 1.3] {
            var study = Study(target: target, trials: trials)
            study.slowdown = slowdown
            let result = try study.run()
            let share = { (count: Int) in "\(Double(count * 1000 / trials) / 10) %" }
            let cells =
                slowdown == 1
                ? ["none (A/A)", share(result.alarmed), "", "", ""]
                : [
                    "+\(Int((slowdown - 1) * 100 + 0.5)) %", "", share(result.found),
                    share(result.foundRegressed), share(result.namedFirst),
                ]
            print("| \(cells.joined(separator: " | ")) |")
        }
    }
}
