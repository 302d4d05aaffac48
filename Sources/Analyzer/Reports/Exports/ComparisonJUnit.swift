extension RunComparison {
    /// The verdicts, as test cases for a build server (JUnit XML).
    public func junitReport() -> String {
        junitText([
            JUnitSuite(verdict: verdict, reasons: reasons),
            JUnitSuite(
                name: "routes",
                cases: ([overall] + routes).map { group in
                    JUnitCase(group.name, group.verdict, reasons: group.reasons)
                }
            ),
        ])
    }
}

extension RepeatedComparison {
    /// The verdicts, as test cases for a build server (JUnit XML).
    public func junitReport() -> String {
        junitText([
            JUnitSuite(verdict: verdict, reasons: reasons),
            JUnitSuite(
                name: "endpoints",
                cases: endpoints.map { JUnitCase($0.kind.rawValue, $0.verdict, reasons: []) }
            ),
            JUnitSuite(
                name: "routes",
                cases: ([overall] + routes).map { group in
                    JUnitCase(group.name, group.verdict, reasons: group.reasons)
                }
            ),
        ])
    }
}

extension JUnitSuite {
    /// The verdict on the whole: whatever does not end with status 0 is a failure.
    fileprivate init(verdict: Verdict, reasons: [String]) {
        let isFailure = [.regressed, .invalid, .inconclusive].contains(verdict)
        self.init(
            name: "comparison",
            cases: [
                JUnitCase(
                    name: "verdict",
                    isFailure: isFailure,
                    detail: verdict.detail(reasons)
                )
            ]
        )
    }
}

extension JUnitCase {
    /// A group: one that could not be decided is skipped, for alone it decides nothing.
    fileprivate init(_ name: String, _ verdict: Verdict, reasons: [String]) {
        self.init(
            name: name,
            isFailure: verdict == .regressed || verdict == .invalid,
            isSkipped: verdict == .inconclusive || verdict == .notJudged,
            detail: verdict.detail(reasons)
        )
    }
}

extension Verdict {
    /// The word, and what led to it.
    fileprivate func detail(_ reasons: [String]) -> String {
        reasons.isEmpty ? rawValue : "\(rawValue): \(reasons.joined(separator: "; "))"
    }
}
