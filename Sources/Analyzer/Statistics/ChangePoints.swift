import SeededRandom

/// A place in a series where its distribution changes.
public struct ChangePoint: Equatable, Sendable {
    /// The position of the first value after the change.
    public let position: Int
    /// The share of permutations that divide at least as well; small means unlikely by chance.
    public let probability: Double
}

/// Finds where the distribution of a series changes: E-divisive means, without assumptions about
/// the distribution.
///
/// Matteson and James: A Nonparametric Approach for Multiple Change Point Analysis of Multivariate
/// Data (JASA 109, 2014), with α = 1; the end of the right side is the segment's end, as in Daly
/// et al.: The Use of Change Point Detection to Identify Software Performance Regressions in a
/// Continuous Integration System (ICPE 2020). Each step divides the segment where it divides best,
/// as long as a seeded permutation test within the segments says that chance hardly does as well.
struct ChangePointSearch {
    /// The share of false divisions that is tolerated at each step.
    var significance = 0.05
    /// How many permutations one step is tested with.
    var permutations = 199
    /// The fewest values on both sides of a change.
    var minimumLength = 3
    /// The seed of the permutations.
    var seed: UInt64 = 42

    /// The best way to divide a segment.
    private struct Division {
        var position: Int
        var statistic: Double
    }

    /// The change points of a series, in order.
    func changePoints(of values: [Double]) -> [ChangePoint] {
        var generator = SplitMix64(seed: seed)
        var found: [ChangePoint] = []
        while let division = best(of: values, bounds(found, values.count)) {
            let probability = probability(
                of: division,
                values,
                bounds(found, values.count),
                &generator
            )
            guard probability <= significance else { break }
            found.append(ChangePoint(position: division.position, probability: probability))
            found.sort { $0.position < $1.position }
        }
        return found
    }

    private func bounds(_ found: [ChangePoint], _ count: Int) -> [Range<Int>] {
        let edges = [0] + found.map(\.position) + [count]
        return zip(edges, edges.dropFirst()).map { $0..<$1 }
    }

    /// The best division over all segments; `nil` when no segment is long enough or all are flat.
    private func best(of values: [Double], _ segments: [Range<Int>]) -> Division? {
        segments.compactMap { best(of: values[$0]) }.max { $0.statistic < $1.statistic }
    }

    /// The division of one segment with the largest scaled energy distance between its sides:
    /// m·n ÷ (m + n) · (2·mean |x − y| − mean |x − x′| − mean |y − y′|).
    ///
    /// The sums move from one division to the next by the distances of a single value.
    private func best(of values: ArraySlice<Double>) -> Division? {
        let (count, start) = (values.count, values.startIndex)
        guard count >= 2 * minimumLength else { return nil }
        let values = Array(values)
        var (between, left) = (0.0, 0.0)
        var right = 0.0
        for (position, value) in values.enumerated() {
            right += values[..<position].reduce(0) { $0 + abs($1 - value) }
        }
        var best: Division?
        for (position, value) in values.dropLast(minimumLength).enumerated() {
            let before = values[..<position].reduce(0) { $0 + abs($1 - value) }
            let after = values[(position + 1)...].reduce(0) { $0 + abs($1 - value) }
            left += before
            right -= after
            between += after - before
            let cut = position + 1
            guard cut >= minimumLength else { continue }
            let (m, n) = (Double(cut), Double(count - cut))
            let energy =
                2 * between / (m * n) - 2 * left / (m * (m - 1)) - 2 * right / (n * (n - 1))
            let statistic = m * n / (m + n) * energy
            if statistic > best?.statistic ?? 0 {
                best = Division(position: start + cut, statistic: statistic)
            }
        }
        return best
    }

    /// The share of permutations, this order included, whose best division is as good.
    private func probability(
        of division: Division,
        _ values: [Double],
        _ segments: [Range<Int>],
        _ generator: inout SplitMix64
    ) -> Double {
        // Sums of the same numbers in another order may differ in the last digits.
        let limit = division.statistic * (1 - 1e-12)
        var reached = 1
        for _ in 0..<permutations {
            var permuted = values
            for segment in segments { permuted[segment].shuffle(using: &generator) }
            if let best = best(of: permuted, segments), best.statistic >= limit { reached += 1 }
        }
        return Double(reached) / Double(permutations + 1)
    }
}
