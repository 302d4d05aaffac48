/// The regularised incomplete beta function Iₓ(a, b): how likely a Beta(a, b) value is at most x.
///
/// The continued fraction of DLMF 8.17.22, evaluated by Lentz's method on the side on which it
/// converges fast; twelve digits for parameters up to some ten thousands.
///
/// `first` and `second` are the parameters a and b, above 0. Outside of 0...1, the result is 0 or 1.
func incompleteBeta(_ value: Double, _ first: Double, _ second: Double) -> Double {
    precondition(first > 0 && second > 0, "a beta distribution has positive parameters")
    guard value > 0 else { return 0 }
    guard value < 1 else { return 1 }
    guard value <= (first + 1) / (first + second + 2) else {
        return 1 - incompleteBeta(1 - value, second, first)
    }
    let logarithmOfFactor =
        first * logarithm(value) + second * logarithm(1 - value)
        + logarithmOfGamma(first + second) - logarithmOfGamma(first) - logarithmOfGamma(second)
    return exponential(logarithmOfFactor) / first * continuedFraction(value, first, second)
}

/// 1 ÷ (1 + d₁ ÷ (1 + d₂ ÷ (1 + …))) with the coefficients of the incomplete beta function.
private func continuedFraction(_ value: Double, _ first: Double, _ second: Double) -> Double {
    let tiny = 1e-300
    let awayFromZero = { (number: Double) in abs(number) < tiny ? tiny : number }
    var numerator = 1.0
    var denominator = 1 / awayFromZero(1 - (first + second) * value / (first + 1))
    var result = denominator
    // More than enough: the number of steps grows with the square root of the parameters.
    for step in 1...20_000 {
        let number = Double(step)
        let even =
            number * (second - number) * value / ((first + 2 * number - 1) * (first + 2 * number))
        let odd =
            -(first + number) * (first + second + number) * value
            / ((first + 2 * number) * (first + 2 * number + 1))
        var change = 1.0
        for coefficient in [even, odd] {
            denominator = 1 / awayFromZero(1 + coefficient * denominator)
            numerator = awayFromZero(1 + coefficient / numerator)
            change = denominator * numerator
            result *= change
        }
        if abs(change - 1) < 1e-15 { break }
    }
    return result
}
