internal import Charts

extension RunAnalysis {
    /// The checks of a run, and its thresholds, as test cases for a build server (JUnit XML).
    ///
    /// A check that failed, and a threshold that was missed or could not be decided, is a failure; what
    /// could not be checked is skipped.
    public func junitReport(thresholds: ThresholdReport? = nil) -> String {
        var suites = [JUnitSuite(name: "validity", cases: validity.checks.map(\.junitCase))]
        if let thresholds {
            suites.append(
                JUnitSuite(name: "thresholds", cases: thresholds.results.map(\.junitCase))
            )
        }
        return junitText(suites)
    }
}

/// The whole document.
func junitText(_ suites: [JUnitSuite]) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mik-replay\">\n"
        + suites.map(\.text).joined() + "</testsuites>\n"
}

/// A group of test cases.
struct JUnitSuite {
    let name: String
    let cases: [JUnitCase]

    var text: String {
        let failures = cases.count { $0.isFailure }
        let skipped = cases.count { $0.isSkipped }
        return "  <testsuite name=\"\(name)\" tests=\"\(cases.count)\" failures=\"\(failures)\" "
            + "errors=\"0\" skipped=\"\(skipped)\">\n"
            + cases.map { $0.text(in: name) }.joined() + "  </testsuite>\n"
    }
}

/// A check, as a test case.
struct JUnitCase {
    let name: String
    var isFailure = false
    var isSkipped = false
    let detail: String

    func text(in suite: String) -> String {
        let start =
            "    <testcase classname=\"mik-replay.\(suite)\" name=\"\(xmlText(name))\" time=\"0\""
        if isFailure {
            return "\(start)>\n      <failure message=\"\(xmlText(detail))\"/>\n    </testcase>\n"
        }
        guard isSkipped else { return "\(start)/>\n" }
        return "\(start)>\n      <skipped message=\"\(xmlText(detail))\"/>\n    </testcase>\n"
    }
}

extension Validity.Check {
    fileprivate var junitCase: JUnitCase {
        JUnitCase(
            name: name,
            isFailure: result == .failed,
            isSkipped: result == .notApplicable,
            detail: detail
        )
    }
}

extension ThresholdResult {
    fileprivate var junitCase: JUnitCase {
        JUnitCase(
            name: cells.prefix(2).joined(separator: " "),
            isFailure: outcome == .missed || outcome == .undecided,
            detail: "\(outcome.rawValue): measured \(measuredText ?? "n/a")"
                + (threshold.hasWarning ? ", critical \(cells[2])" : "")
                + ", n = \(measurement.count)" + (note.map { ", \($0)" } ?? "")
        )
    }
}

/// Text for an attribute of XML 1.0, which knows no control characters and not these two.
private func xmlText(_ text: String) -> String {
    let isKnown = { (scalar: Unicode.Scalar) in scalar != "\u{FFFE}" && scalar != "\u{FFFF}" }
    var shown = String.UnicodeScalarView()
    for scalar in text.printable.unicodeScalars {
        shown.append(isKnown(scalar) ? scalar : "\u{FFFD}")
    }
    return escaped(String(shown))
}
