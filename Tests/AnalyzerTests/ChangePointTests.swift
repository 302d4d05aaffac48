import SeededRandom
import Testing

@testable import Analyzer

/// Where the level of a series changes, and where it does not.
struct ChangePointTests {
    private let search = ChangePointSearch()

    /// Values around a level, up to so far from it on both sides.
    private func noise(
        _ count: Int,
        around level: Double,
        by width: Double,
        _ generator: inout SplitMix64
    ) -> [Double] {
        (0..<count).map { _ in level + .random(in: -width...width, using: &generator) }
    }

    @Test func aStepIsFoundWhereItIs() throws {
        var generator = SplitMix64(seed: 1)
        let series =
            noise(12, around: 100, by: 5, &generator) + noise(9, around: 130, by: 5, &generator)
        let changes = search.changePoints(of: series)
        #expect(changes.map(\.position) == [12])
        #expect(try #require(changes.first).probability <= 0.05)
    }

    @Test func severalStepsAreFoundInOrder() {
        var generator = SplitMix64(seed: 2)
        let levels = [100.0, 140, 90]
        let series = levels.flatMap { noise(15, around: $0, by: 4, &generator) }
        #expect(search.changePoints(of: series).map(\.position) == [15, 30])
    }

    @Test func aWiderSpreadIsAChangeToo() {
        var generator = SplitMix64(seed: 3)
        let series =
            noise(40, around: 100, by: 1, &generator) + noise(40, around: 100, by: 30, &generator)
        let positions = search.changePoints(of: series).map(\.position)
        #expect(positions.contains { (37...43).contains($0) }, "\(positions)")
    }

    /// The scaled energy distance, summed up as it is defined.
    private func energy(_ left: ArraySlice<Double>, _ right: ArraySlice<Double>) -> Double {
        func meanDistance(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>) -> Double {
            let sum = first.reduce(0) { sum, x in second.reduce(sum) { $0 + abs(x - $1) } }
            // A value has no distance to itself, and is not counted as a pair.
            let pairs = first.count * (first == second ? first.count - 1 : second.count)
            return sum / Double(pairs)
        }
        let (m, n) = (Double(left.count), Double(right.count))
        let between = 2 * meanDistance(left, right)
        return m * n / (m + n) * (between - meanDistance(left, left) - meanDistance(right, right))
    }

    @Test func theDivisionIsTheOneThatTheDefinitionGives() throws {
        var generator = SplitMix64(seed: 6)
        for shift in [8.0, 10, 12] {
            let series =
                noise(9, around: 10, by: 5, &generator)
                + noise(8, around: 10 + shift, by: 5, &generator)
            let best = try #require(
                (3...(series.count - 3)).max {
                    energy(series[..<$0], series[$0...]) < energy(series[..<$1], series[$1...])
                }
            )
            #expect(search.changePoints(of: series).map(\.position).contains(best))
        }
    }

    @Test func noiseAloneSeldomLooksLikeAChange() {
        var generator = SplitMix64(seed: 4)
        let found = (0..<100).count { _ in
            !search.changePoints(of: noise(20, around: 100, by: 10, &generator)).isEmpty
        }
        // The test tolerates 5 of 100; more than 12 would come once in two thousand seeds.
        #expect(found <= 12)
    }

    @Test func aSingleOutlierIsNone() {
        var series = [100.0, 101, 99, 102, 98, 100, 101, 99, 100, 102, 98, 101]
        series[5] = 400
        #expect(search.changePoints(of: series).isEmpty)
    }

    @Test func shortAndFlatSeriesHaveNone() {
        #expect(search.changePoints(of: []).isEmpty)
        #expect(search.changePoints(of: [1, 1, 9, 9, 9]).isEmpty)
        #expect(search.changePoints(of: Array(repeating: 7, count: 30)).isEmpty)
    }

    @Test func sameSeriesSameAnswer() {
        var generator = SplitMix64(seed: 5)
        let series =
            noise(10, around: 10, by: 2, &generator) + noise(10, around: 12, by: 2, &generator)
        #expect(search.changePoints(of: series) == search.changePoints(of: series))
    }
}
