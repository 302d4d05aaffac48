/// Which of a module's requests look like loads by their times alone.
///
/// It confirms or denies what is known otherwise, and never makes a label by itself: a stall looks
/// the same (docs/measurement.md). A time is the residual, first byte less what the module itself took
/// (`x-mik-duration-ms`), where the server gave that, else the service time.
struct LoadSignature {
    /// What a request's time says.
    enum Speed {
        case slow, fast, silent
    }

    /// Whether a request could have loaded the module.
    enum Possibility {
        case certain, possible, impossible
    }

    /// Under this the header's whole milliseconds say nothing, in nanoseconds.
    private static let resolution: Int64 = 1_000_000
    private static let leastGapRatio = 3.0

    /// What lies above is slow; `nil` if the times do not fall into two groups.
    private let threshold: Double?
    /// Under this a time is as fast as warm ones; `nil` without any.
    private let fastLimit: Double?
    private let usesResiduals: Bool

    /// Looks at the requests of one module, each with what is possible for it.
    init(_ requests: [RequestRecord], _ possibilities: [Possibility]) {
        let usesResiduals = requests.allSatisfy { $0.ending != .succeeded || $0.residual != nil }
        self.usesResiduals = usesResiduals
        var members: [(time: Int64, possibility: Possibility)] = []
        for (request, possibility) in zip(requests, possibilities) {
            guard let time = Self.time(of: request, usesResiduals) else { continue }
            members.append((time, possibility))
        }
        let times = members.map(\.time).ascending()
        let certain = members.filter { $0.possibility == .certain }.map(\.time).ascending()
        fastLimit = Self.fastLimit(ofSorted: times.removing(certain))
        threshold = OtsuSplit(sorted: times.map { Double($0) }).flatMap { split in
            let upper = members.filter { Double($0.time) > split.threshold }
            let allowed = upper.count { $0.possibility != .impossible }
            let coincides = upper.contains { $0.possibility == .certain }
            let isDivided =
                split.gapRatio >= Self.leastGapRatio && (upper.count >= 2 || coincides)
            return isDivided && allowed * 2 >= upper.count ? split.threshold : nil
        }
    }

    /// What a request's time says; one that did not succeed says nothing.
    ///
    /// Whether it is slow, the division tells. One that must have loaded is fast only when it is as
    /// fast as warm ones: the division may lie between loads and a worse one.
    func speed(of request: RequestRecord, _ possibility: Possibility) -> Speed {
        guard let time = Self.time(of: request, usesResiduals) else { return .silent }
        if let threshold, Double(time) > threshold { return .slow }
        guard possibility == .certain else { return threshold == nil ? .silent : .fast }
        return fastLimit.map { Double(time) < $0 } == true ? .fast : .silent
    }

    /// Twice the median of warm times; if many of them are beyond that themselves, their upper quartile.
    private static func fastLimit(ofSorted warm: [Int64]) -> Double? {
        guard let median = Quantile.p50.value(ofSorted: warm),
            let quartile = Quantile(75, of: 100).value(ofSorted: warm),
            let high = Quantile.p90.value(ofSorted: warm)
        else { return nil }
        let isEven = Double(high) < 2 * Double(median)
        return isEven ? 2 * Double(median) : Double(quartile)
    }

    private static func time(of request: RequestRecord, _ usesResiduals: Bool) -> Int64? {
        guard request.ending == .succeeded else { return nil }
        if usesResiduals { return request.residual.map { max($0, resolution) } }
        guard let time = request.serviceTime, time > 0 else { return nil }
        return time
    }
}

extension [Int64] {
    /// Ascending values without some of them, which are ascending too.
    fileprivate func removing(_ others: [Int64]) -> [Int64] {
        guard !others.isEmpty else { return self }
        var rest = others[...]
        return filter { value in
            guard rest.first == value else { return true }
            rest.removeFirst()
            return false
        }
    }
}
