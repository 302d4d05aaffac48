import SeededRandom
import Testing

@testable import Analyzer

/// The reference vectors of docs/measurement.md, section 3.8.
@Suite struct StatisticsTests {
    @Test(arguments: [
        (Quantile.p50, 13.3), (.p90, 55.0), (Quantile(95, of: 100), 90.3), (.p99, 250.0),
    ])
    func nearestRankIsTheValueAtTheCeilingOfNP(_ quantile: Quantile, _ expected: Double) {
        let values = [
            12.1, 13.4, 11.8, 55.0, 12.9, 14.2, 13.1, 12.5, 90.3, 13.8, 12.2, 15.7, 13.0, 12.7,
            14.9, 13.3, 12.0, 16.4, 13.6, 250.0,
        ]
        #expect(quantile.value(ofSorted: values.sorted()) == expected)
    }

    @Test func ranksDoNotSufferFromBinaryFractions() {
        #expect(Quantile(7, of: 100).rank(in: 100) == 7)
        #expect(Quantile.p999.rank(in: 1000) == 999)
        #expect(Quantile.p999.rank(in: 1001) == 1000)
        #expect(Quantile.max.rank(in: .max) == .max)
        #expect(Quantile.p50.rank(in: 0) == nil)
    }

    @Test func quantilesAreNamedByTheirPercentage() {
        #expect(Quantile.reported.map(\.name) == ["p50", "p90", "p99", "p99.9", "max"])
        #expect(Quantile.reported.map(\.key) == ["p50", "p90", "p99", "p999", "max"])
        #expect(Quantile(5, of: 100).name == "p5")
    }

    @Test func percentilesNeedTheCountsOfWilks() {
        let needed = [Quantile.p50, .p90, Quantile(95, of: 100), .p99, .p999].map(\.minimumCount)
        #expect(needed == [5, 29, 59, 299, 2995])
        #expect(Quantile(9999, of: 10000).minimumCount == 29_956)
        #expect(Quantile(99999, of: 100_000).minimumCount == 299_572)
        #expect(Quantile.max.minimumCount == 1)
    }

    @Test(arguments: [
        (10, Quantile.p50, 2, 9, 0.978515625),
        (15, .p50, 4, 12, 0.96484375),
        (20, Quantile(25, of: 100), 2, 10, 0.9618229582),
        (100, .p50, 40, 61, 0.9647997998),
        (1000, .p50, 469, 532, 0.9537088),
        (100, .p90, 84, 96, 0.9556901072),
        (1000, .p90, 881, 919, 0.95490718),
        (1000, .p99, 983, 997, 0.9760947635),
        (5000, .p99, 4936, 4964, 0.95374032),
        (10_000, .p99, 9880, 9920, 0.95575468),
        (10_000, .p999, 9983, 9997, 0.9754574618),
        (50_000, .p999, 49_936, 49_964, 0.95274835),
        (100_000, .p999, 99_880, 99_920, 0.95478906),
        (100_000, Quantile(9999, of: 10_000), 99_983, 99_997, 0.97539345),
    ])
    func orderStatisticsEncloseTheQuantile(
        _ count: Int,
        _ quantile: Quantile,
        _ lower: Int,
        _ upper: Int,
        _ coverage: Double
    ) throws {
        let interval = try #require(RankInterval(of: quantile, count: count))
        #expect(interval.lower == lower)
        #expect(interval.upper == upper)
        #expect(abs(interval.coverage - coverage) < 6e-9)
    }

    @Test func tooFewValuesEncloseNoQuantile() {
        #expect(RankInterval(of: .p50, count: 5) == nil)
        #expect(RankInterval(of: .p50, count: 6) != nil)
        #expect(RankInterval(of: .p99, count: 367) == nil)
        #expect(RankInterval(of: .p99, count: 368) != nil)
        #expect(RankInterval(of: .max, count: 1000) == nil)
    }

    @Test func binomialAgreesWithPascalsTriangle() {
        let coins = Binomial(trials: 4, probability: 0.5)
        let expected = [1.0, 5, 11, 15, 16].map { $0 / 16 }
        for (count, probability) in expected.enumerated() {
            #expect(abs(coins.probability(ofAtMost: count) - probability) < 1e-15)
        }
        #expect(coins.probability(ofAtMost: -1) == 0)
        #expect(Binomial(trials: 0, probability: 0.3).probability(ofAtMost: 0) == 1)
    }

    @Test(arguments: [(2, 11, 0.0224609375), (0, 5, 0.0625), (3, 0, 0.25), (0, 0, 1), (4, 4, 1)])
    func mcNemarIsExact(_ first: Int, _ second: Int, _ expected: Double) {
        #expect(abs(mcNemarProbability(first, second) - expected) < 1e-12)
    }

    @Test func generatorGivesTheReferenceSequence() {
        var generator = SplitMix64(seed: 42)
        let values = (0..<4).map { _ in generator.next() }
        #expect(
            values == [
                0xbdd7_3226_2feb_6e95, 0x28ef_e333_b266_f103, 0x4752_6757_130f_9f52,
                0x581c_e1ff_0e4a_e394,
            ]
        )
        generator = SplitMix64(seed: 42)
        let bounded = (0..<12).map { _ in generator.next(below: 12) }
        #expect(bounded == [8, 1, 3, 4, 0, 10, 2, 9, 4, 7, 2, 5])
    }

    @Test func bootstrapOfTheMedianGivesTheReferenceInterval() throws {
        let ratios = zip(PairedVector.candidate, PairedVector.baseline).map { logarithm($0 / $1) }
        let bootstrap = BlockBootstrap(blockLength: 1, resamples: 2000, seed: 42)
        let medians = bootstrap.resampledMedians(of: ratios)
        let middle = try #require(median(ofSorted: ratios.sorted()))
        #expect(abs(middle - 0.0666572758) < 1e-10)
        #expect(abs(medians[49] - 0.03587900954) < 1e-11)
        #expect(abs(medians[1949] - 0.08092366770) < 1e-11)
        #expect(abs(medians.reduce(0, +) / 2000 - 0.06167147452) < 1e-11)
        #expect(bootstrap.interval(of: ratios) == medians[49]...medians[1949])
    }

    @Test func bootstrapOfBlocksAgreesWithSortingEveryResample() {
        var values = SplitMix64(seed: 7)
        let sample = (0..<103).map { _ in Double(values.next(below: 50)) }
        for blockLength in [1, 4, 10, 103] {
            let fast = BlockBootstrap(blockLength: blockLength, resamples: 200, seed: 3)
                .resampledMedians(of: sample)
            #expect(fast == slowMedians(of: sample, blockLength: blockLength))
        }
    }

    /// The definition itself: draw blocks, join them, sort, take the middle.
    private func slowMedians(of sample: [Double], blockLength: Int) -> [Double] {
        let blocks = stride(from: 0, to: sample.count, by: blockLength).map {
            Array(sample[$0..<min($0 + blockLength, sample.count)])
        }
        var generator = SplitMix64(seed: 3)
        let medians = (0..<200).compactMap { _ in
            let drawn = blocks.indices.flatMap { _ in blocks[generator.next(below: blocks.count)] }
            return median(ofSorted: drawn.sorted())
        }
        return medians.sorted()
    }

    @Test func blocksGrowUntilNeighboursNoLongerCorrelate() {
        var generator = SplitMix64(seed: 11)
        let noise = (0..<10_000).map { _ in Double(generator.next(below: 1000)) }
        #expect(BlockBootstrap.blockLength(for: noise) == 100)
        // Blocks of 100 and 200 mostly resemble the one before them; of 400, half of them do.
        let wave = (0..<10_000).map { ($0 / 800).isMultiple(of: 2) ? 1.0 : 0.0 }
        #expect(BlockBootstrap.blockLength(for: wave) == 400)
        #expect(BlockBootstrap.blockLength(for: Array(noise.prefix(20))) == 2)
    }
}

/// V6 of docs/measurement.md: the same twelve requests in two runs.
enum PairedVector {
    static let baseline = [10.2, 11.0, 9.8, 50.4, 10.9, 12.3, 10.1, 48.7, 11.5, 10.6, 9.9, 52.0]
    static let candidate = [10.9, 11.4, 10.7, 52.9, 11.3, 12.2, 10.8, 53.1, 12.4, 10.9, 10.8, 55.6]
}

@Suite struct RadixSortTests {
    @Test(arguments: [0, 1, 4096, 4097, 20_000], [1, 12, 40, 64] as [UInt64])
    func valuesComeInAscendingOrder(count: Int, bits: UInt64) {
        var generator = SplitMix64(seed: UInt64(count) &+ bits)
        let values = (0..<count).map { _ in Int64(bitPattern: generator.next() >> (64 - bits)) }
        #expect(values.ascending() == values.sorted())
    }

    @Test func numbersWithFractionsAndSignsAreSorted() {
        var generator = SplitMix64(seed: 5)
        let values = (0..<10_000).map { _ in
            (Double(generator.next(below: 2001)) - 1000) / 64
        }
        #expect(values.ascending() == values.sorted())
        let extremes = (0..<5000).flatMap { _ in [-.infinity, .infinity, -1e-300, 0, 1e300] }
        #expect(extremes.ascending() == extremes.sorted())
    }

    @Test func elementsOfEqualKeysKeepTheirOrder() {
        var generator = SplitMix64(seed: 6)
        let elements = (0..<10_000).map { (key: UInt64(generator.next(below: 100)), place: $0) }
        let sorted = elements.ascending { $0.key }
        #expect(
            zip(sorted, sorted.dropFirst()).allSatisfy { ($0.key, $0.place) < ($1.key, $1.place) }
        )
    }

    @Test func theExtremesOfAllNumbersAreSorted() {
        let values = (0..<3000).flatMap { [Int64.max - $0, .min + $0, $0, -$0] }
        #expect(values.ascending() == values.sorted())
    }
}
