/// Student's t distribution.
struct StudentDistribution {
    /// The degrees of freedom ν, at least 1.
    let degrees: Int

    /// How likely a value is at least as far from zero as `value`, on either side.
    func twoSidedProbability(_ value: Double) -> Double {
        let degrees = Double(degrees)
        return incompleteBeta(degrees / (degrees + value * value), degrees / 2, 0.5)
    }

    /// The value t with P(|T| ≤ t) = `confidence`, found by halving.
    func twoSidedQuantile(confidence: Double) -> Double {
        precondition(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1")
        var low = 0.0
        var high = 1.0
        while twoSidedProbability(high) > 1 - confidence { high *= 2 }
        // Ends when no number lies between the two.
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if twoSidedProbability(middle) > 1 - confidence {
                low = middle
            } else {
                high = middle
            }
        }
    }
}

/// The mean of a few values with its Student interval (Student 1908).
struct StudentInterval: Equatable {
    /// The number of values.
    let count: Int
    /// Their mean.
    let mean: Double
    /// Their standard deviation, with n − 1.
    let deviation: Double
    /// The quantile t of the interval, with n − 1 degrees of freedom.
    let quantile: Double
    /// How likely a mean at least as far from zero is if the true one is zero, two-sided.
    let probability: Double

    /// The lower end: mean − t·s/√n.
    var low: Double { mean - quantile * error }
    /// The upper end: mean + t·s/√n.
    var high: Double { mean + quantile * error }
    /// The standard error s/√n.
    var error: Double { deviation / Double(count).squareRoot() }

    /// The interval of the mean; `nil` with fewer than two values.
    init?(_ values: [Double], confidence: Double = 0.95) {
        guard values.count >= 2 else { return nil }
        count = values.count
        mean = values.reduce(0, +) / Double(count)
        let center = mean
        let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        deviation = (squares / Double(count - 1)).squareRoot()
        let distribution = StudentDistribution(degrees: count - 1)
        quantile = distribution.twoSidedQuantile(confidence: confidence)
        let error = deviation / Double(count).squareRoot()
        if error > 0 {
            probability = distribution.twoSidedProbability(mean / error)
        } else {
            probability = mean == 0 ? 1 : 0
        }
    }
}
