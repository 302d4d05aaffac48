import SeededRandom

/// The sign-flip test: how likely a sum at least as far from zero as that of `values` is, if each
/// value were as likely to have the other sign (Fisher 1935).
///
/// All 2ⁿ patterns are counted up to 20 values, so the result is exact and assumes nothing but
/// symmetry; above, it is the share of 2¹⁶ seeded patterns. Its smallest value is 2 ÷ 2ⁿ: .0625 for
/// five values, .03125 for six.
func signFlipProbability(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 1 }
    let scale = values.reduce(0) { $0 + abs($1) }
    // Sums of the same numbers in another order may differ in the last digits.
    let limit = abs(values.reduce(0, +)) - 1e-12 * scale
    return values.count <= 20
        ? shareOfAllPatterns(of: values, reaching: limit)
        : shareOfDrawnPatterns(of: values, reaching: limit)
}

private func shareOfAllPatterns(of values: [Double], reaching limit: Double) -> Double {
    // The pattern with all signs turned has the same distance, so one sign can stay.
    let others = values.dropLast()
    var sum = values.reduce(0, +)
    var isTurned = [Bool](repeating: false, count: others.count)
    var reached = abs(sum) >= limit ? 1 : 0
    // Gray code: from one pattern to the next a single sign turns.
    for step in stride(from: 1, to: 1 << others.count, by: 1) {
        let position = step.trailingZeroBitCount
        sum += (isTurned[position] ? 2 : -2) * others[position]
        isTurned[position].toggle()
        if abs(sum) >= limit { reached += 1 }
    }
    return Double(reached) / Double(1 << others.count)
}

private func shareOfDrawnPatterns(of values: [Double], reaching limit: Double) -> Double {
    var generator = SplitMix64(seed: 42)
    var reached = 1
    let draws = 1 << 16
    for _ in 0..<draws {
        var bits = generator.next()
        var sum = 0.0
        for (position, value) in values.enumerated() {
            if position > 0, position.isMultiple(of: 64) { bits = generator.next() }
            sum += bits & 1 == 0 ? value : -value
            bits >>= 1
        }
        if abs(sum) >= limit { reached += 1 }
    }
    return Double(reached) / Double(draws + 1)
}
