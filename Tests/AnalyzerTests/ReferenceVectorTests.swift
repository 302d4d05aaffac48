import Testing

@testable import Analyzer

/// Numbers of statistics that were computed with numpy and scipy, to the precision given there.
@Suite struct ReferenceVectorTests {
    /// V1: the heights of Darwin's maize, in eighths of an inch.
    private let maize: [Double] = [
        6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75,
    ]

    @Test func signedRanksOfDarwinsMaize() throws {
        let order = maize.sorted { abs($0) < abs($1) }
        let negative = order.enumerated().reduce(0) { $0 + ($1.element < 0 ? $1.offset + 1 : 0) }
        #expect(negative == 24)
        let distribution = SignedRankDistribution(count: 15)
        #expect(2 * distribution.probability(ofAtMost: 24) == 0.041259765625)
        #expect(distribution.probability(ofAtMost: -1) == 0)
        #expect(distribution.probability(ofAtMost: 1000) == 1)
        let deviation = (15 * 16 * 31 / 24.0).squareRoot()
        expect(2 * upperNormalProbability((60 - 24) / deviation), 0.0408881329)
        expect(2 * upperNormalProbability((60 - 24 - 0.5) / deviation), 0.0437723238)
    }

    @Test func hodgesLehmannOfDarwinsMaize() throws {
        let estimate = try #require(HodgesLehmann(maize))
        #expect(estimate.estimate == 25)
        #expect(estimate.interval == 4...41.5)
        expect(try #require(estimate.coverage), 0.952087, within: 1e-6)
        let few = try #require(HodgesLehmann([1, 2, 3, 4, 5]))
        #expect(few.estimate == 3)
        #expect(few.interval == nil)
        #expect(HodgesLehmann([]) == nil)
    }

    @Test func studentIntervalOfDarwinsMaize() throws {
        let interval = try #require(StudentInterval(maize))
        expect(interval.mean / interval.error, 2.1479874613)
        expect(interval.probability, 0.0497029440)
        expect(interval.low, 0.0311933184)
        expect(interval.high, 41.8354733483)
        #expect(StudentInterval([1]) == nil)
    }

    @Test func signTestOfDarwinsMaizeIsMcNemars() throws {
        expect(mcNemarProbability(2, 13), 0.00738525390625)
        let ranks = try #require(RankInterval(of: .p50, count: 15))
        let sorted = maize.sorted()
        #expect([sorted[ranks.lower - 1], sorted[ranks.upper - 1]] == [8, 49])
    }

    /// V3: the data of benchstat's manual.
    private let json: ([Double], [Double]) = (
        [1726, 1723, 1707, 1707, 1713, 1729, 1736, 1707, 1705, 1774],
        [1423, 1416, 1411, 1413, 1412, 1426, 1422, 1424, 1447, 1425]
    )
    private let gob: ([Double], [Double]) = (
        [3069, 3075, 3069, 3067, 3207, 3064, 3064, 3058, 3059, 3062],
        [3075, 3065, 3059, 3065, 3060, 3081, 3186, 3135, 3087, 3062]
    )

    @Test func mannWhitneyOfBenchstatsData() throws {
        let far = try #require(MannWhitney(json.0, json.1))
        #expect(far.statistic == 100)
        #expect(far.isExact)
        expect(far.probability, 1.0825088224e-05, within: 1e-15)
        expect(MannWhitney.normalProbability(json.0, json.1), 1.7861449e-04, within: 1e-11)
        let near = try #require(MannWhitney(gob.0, gob.1))
        #expect(near.statistic == 39.5)
        expect(near.probability, 0.4461018857)
        expect(MannWhitney.normalProbability(gob.0, gob.1), 0.4486666231)
        expect(near.superiority, 0.395)
        expect(near.delta, -0.21)
        #expect(MannWhitney([], [1]) == nil)
    }

    @Test func mannWhitneyOfManyValuesUsesTheNormalDistribution() throws {
        let many = (0..<60).map { Double($0 * 37 % 61) }
        let large = try #require(MannWhitney(many, many.map { $0 + 0.5 }))
        #expect(!large.isExact)
        #expect(large.probability > 0.5)
        // Fifteen and fifteen are counted and approximated; the two agree.
        let half = Array(many.prefix(15))
        let counted = try #require(MannWhitney(half, half.map { $0 + 7 }))
        #expect(counted.isExact)
        let approximated = MannWhitney.normalProbability(half, half.map { $0 + 7 })
        #expect(abs(counted.probability - approximated) < 0.01)
    }

    @Test func kolmogorovSmirnovOfBenchstatsData() throws {
        let near = try #require(KolmogorovSmirnov(sorted: gob.0.sorted(), gob.1.sorted()))
        expect(near.distance, 0.3)
        expect(near.probability, 0.7869297885)
        let far = try #require(KolmogorovSmirnov(sorted: json.0.sorted(), json.1.sorted()))
        #expect(far.distance == 1)
        expect(far.probability, 1.0825088224e-05, within: 1e-14)
        // 401 × 400 goes by the limit distribution, 400 × 400 by counting.
        let many = (0..<400).map(Double.init)
        let shifted = many.map { $0 + 38 }
        let counted = try #require(KolmogorovSmirnov(sorted: many, shifted))
        let limit = try #require(KolmogorovSmirnov(sorted: [-1] + many, shifted))
        #expect(abs(counted.probability - limit.probability) < 0.01)
        #expect(counted.probability < 0.07)
    }

    /// V4.
    @Test(arguments: [
        (Quantile.p50, 13.4162747035, Double?(0.5835591103)),
        (.p90, 105.5663712259, 84.65193276),
        (Quantile(95, of: 100), 182.9372555807, 88.82697102),
        (.p99, 241.2421646810, Double?.none),
    ])
    func harrellDavis(_ quantile: Quantile, _ expected: Double, _ error: Double?) throws {
        let values = [
            12.1, 13.4, 11.8, 55.0, 12.9, 14.2, 13.1, 12.5, 90.3, 13.8, 12.2, 15.7, 13.0, 12.7,
            14.9, 13.3, 12.0, 16.4, 13.6, 250.0,
        ]
        let estimate = try #require(HarrellDavis(of: quantile, sorted: values.sorted()))
        expect(estimate.estimate, expected)
        #expect((estimate.error == nil) == (error == nil))
        if let error { expect(try #require(estimate.error), error, within: 1e-8) }
    }

    @Test func harrellDavisLeansOnTheLargestValueInTheTail() {
        let weights = HarrellDavis.weights(20, 21 * 0.99, 21 * 0.01).suffix(3)
        for (weight, expected) in zip(weights, [0.0086874193, 0.0402763049, 0.9483347346]) {
            expect(weight, expected)
        }
    }

    /// V5: the example of Benjamini and Hochberg.
    private let probabilities = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1,
    ]

    @Test func probabilitiesOfManyTestsAreCorrected() {
        let hochberg = Multiplicity.benjaminiHochberg.adjusted(probabilities)
        let expected = [
            0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571429, 0.0638571429, 0.0645, 0.0765,
            0.486, 0.5811818182, 0.714875, 0.7532307692, 0.8132142857, 1,
        ]
        for (value, expected) in zip(hochberg, expected) { expect(value, expected) }
        #expect(hochberg.count { $0 <= 0.05 } == 4)
        let holm = Multiplicity.holm.adjusted(probabilities)
        let holmExpected = [0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213]
        for (value, expected) in zip(holm, holmExpected) { expect(value, expected) }
        #expect(holm.dropFirst(9).allSatisfy { $0 == 1 })
        #expect(holm.count { $0 <= 0.05 } == 3)
        let yekutieli = Multiplicity.benjaminiYekutieli.adjusted(probabilities)
        let first = [0.0049773435, 0.0099546870, 0.0315231754, 0.1182119079]
        for (value, expected) in zip(yekutieli, first) { expect(value, expected) }
    }

    @Test func correctedProbabilitiesKeepTheirPlaces() {
        #expect(Multiplicity.holm.adjusted([0.5, 0.01]) == [0.5, 0.02])
        #expect(Multiplicity.benjaminiHochberg.adjusted([0.5, 0.01]) == [0.5, 0.02])
        #expect(Multiplicity.holm.adjusted([]) == [])
    }

    /// V6.
    @Test func pairingFindsWhatPoolingDoesNot() throws {
        let (first, second) = (PairedVector.baseline, PairedVector.candidate)
        let ratios = zip(first, second).map { logarithm($1 / $0) }
        // The reference took the values as if they had no ties; moved apart, they have none.
        var untied = second
        untied[0] = 10.91
        untied[9] = 10.89
        untied[10] = 10.81
        expect(try #require(MannWhitney(first, untied)).probability, 0.2415237878)
        #expect(signFlipProbability(ratios) == 0.0009765625)
        let interval = try #require(StudentInterval(ratios))
        expect(interval.mean, 0.0564134159)
        expect(interval.mean / interval.error, 6.6846156169)
        expect(interval.probability, 3.4466486e-05, within: 1e-12)
        expect(interval.low, 0.0378386618)
        expect(interval.high, 0.0749881699)
        expect(try #require(HodgesLehmann(ratios)).estimate, 0.0577982545)
        // One of the twelve is negative and has the smallest magnitude but one.
        #expect(2 * SignedRankDistribution(count: 12).probability(ofAtMost: 1) == 0.0009765625)
    }

    /// V7.
    @Test func repetitionsGiveAnInterval() throws {
        let effects = [0.021, 0.034, 0.018, 0.041, 0.027, 0.030]
        let interval = try #require(StudentInterval(effects))
        expect(interval.mean / interval.error, 8.2559577979)
        expect(interval.probability, 0.0004251212)
        expect(interval.low, 0.0196262165)
        expect(interval.high, 0.0373737835)
        #expect(signFlipProbability(effects) == 0.03125)
    }

    @Test(arguments: [(3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125), (10, 0.001953125)])
    func fewRepetitionsCannotGiveASmallProbability(_ count: Int, _ smallest: Double) {
        #expect(signFlipProbability((0..<count).map { 1 + Double($0) / 100 }) == smallest)
    }

    @Test func manySignsAreDrawnAndFewAreCounted() {
        #expect(signFlipProbability([]) == 1)
        #expect(signFlipProbability([1, -1]) == 1)
        let few = (0..<12).map { $0.isMultiple(of: 4) ? -1.0 : 1.1 }
        // Values that are nothing change nothing, but for the noise of drawing.
        let many = few + [Double](repeating: 0, count: 9)
        #expect(abs(signFlipProbability(few) - signFlipProbability(many)) < 0.01)
    }

    /// V10, in milliseconds.
    @Test func otsuSplitsColdFromWarm() throws {
        let warm = [1.1, 1.3, 1.2, 1.0, 1.4, 1.2, 1.3, 1.1, 1.5, 1.2, 2.1, 1.3]
        let split = try #require(OtsuSplit(sorted: (warm + [182.0, 240.5, 199.3]).sorted()))
        #expect(split.lowerCount == 12)
        #expect(split.upperCount == 3)
        expect(split.separation, 0.9929582915)
        expect(split.threshold, 19.5499360613)
        expect(split.ashman, 33.2377503, within: 1e-7)
        expect(split.gapRatio, 86.67, within: 0.005)
        let fooled = try #require(OtsuSplit(sorted: warm.sorted()))
        #expect(fooled.lowerCount == 11)
        expect(fooled.separation, 0.6610690017)
        expect(fooled.ashman, 6.84, within: 0.005)
        expect(fooled.gapRatio, 1.40, within: 0.005)
        #expect(OtsuSplit(sorted: [3, 3, 3]) == nil)
        #expect(OtsuSplit(sorted: [0, 3]) == nil)
    }

    /// V11.
    @Test func sharesHaveIntervals() throws {
        let some = Proportion(count: 3, trials: 1000)
        expect(some.interval.lowerBound, 0.0010207839)
        expect(some.interval.upperBound, 0.0087830141)
        #expect(some.upperLimitOfNone == nil)
        let none = Proportion(count: 0, trials: 1000)
        #expect(none.interval.lowerBound == 0)
        expect(none.interval.upperBound, 0.0038267585)
        expect(try #require(none.upperLimitOfNone), 0.0029912495)
        #expect(Proportion(count: 7, trials: 7).interval.upperBound == 1)
    }

    /// The example of Newcombe's paper: 56 of 70 against 48 of 80, method 10.
    @Test func differencesOfSharesHaveIntervals() {
        let difference = Proportion(count: 48, trials: 80).difference(
            to: Proportion(count: 56, trials: 70)
        )
        expect(difference.lowerBound, 0.0524, within: 5e-5)
        expect(difference.upperBound, 0.3339, within: 5e-5)
    }

    /// V12.
    @Test func mannKendallFindsADrift() throws {
        let values = [1.20, 1.21, 1.19, 1.22, 1.24, 1.23, 1.25, 1.27, 1.26, 1.28, 1.31, 1.30]
        let drift = try #require(MannKendall(values))
        #expect(drift.statistic == 56)
        expect(drift.correlation, 0.8484848485)
        expect(try #require(drift.exactProbability), 1.634233e-05, within: 1e-11)
        expect(drift.score, 3.7714901, within: 1e-7)
        expect(drift.normalProbability, 1.6227557e-04, within: 1e-11)
        let falling = try #require(MannKendall(values.reversed()))
        #expect(falling.statistic == -56)
        #expect(falling.probability == drift.probability)
        let tied = try #require(MannKendall([1, 1, 1, 1]))
        #expect(tied.probability == 1)
        #expect(tied.exactProbability == nil)
        #expect(MannKendall([1, 2]) == nil)
    }

    @Test func studentsQuantilesAreThoseOfTheTables() {
        let quantiles = [1, 2, 5, 9, 30].map {
            StudentDistribution(degrees: $0).twoSidedQuantile(confidence: 0.95)
        }
        let expected = [12.7062047364, 4.3026527299, 2.5705818356, 2.2621571627, 2.0422724563]
        for (value, expected) in zip(quantiles, expected) { expect(value, expected) }
    }

    @Test func incompleteBetaIsABinomialTail() {
        // I(p; k, n − k + 1) = P(Bin(n, p) ≥ k).
        let binomial = Binomial(trials: 40, probability: 0.3)
        for count in 1...40 {
            let tail = 1 - binomial.probability(ofAtMost: count - 1)
            expect(incompleteBeta(0.3, Double(count), Double(41 - count)), tail, within: 1e-12)
        }
        #expect(incompleteBeta(-1, 2, 3) == 0)
        #expect(incompleteBeta(2, 2, 3) == 1)
    }

    private func expect(
        _ value: Double,
        _ expected: Double,
        within tolerance: Double = 6e-11,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            abs(value - expected) <= max(tolerance, tolerance * abs(expected)),
            "\(value) is not \(expected)",
            sourceLocation: location
        )
    }
}
