import Analyzer
import ArgumentParser
import SystemPackage

/// The options with which a run is judged by thresholds.
struct ThresholdOptions: ParsableArguments {
    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp(
            "What a number must be, such as 'p99<50ms', 'errors<0.1%' or "
                + "'/run/cart p50<5ms'; may be repeated.",
            valueName: "threshold"
        ),
        transform: ThresholdOptions.threshold
    )
    var thresholds: [Threshold] = []

    @Option(help: ArgumentHelp("A file of thresholds (docs/targets.md).", valueName: "file"))
    var targets: String?

    @Option(
        help: ArgumentHelp("Built-in thresholds: 'mik', its published targets.", valueName: "name")
    )
    var profile: String?

    @Flag(help: "Fail on a missed target as on a missed critical limit.")
    var strict = false

    func validate() throws {
        if let profile, Threshold.profiles[profile] == nil {
            throw ValidationError("There is no profile '\(profile)'; there is 'mik'.")
        }
    }

    /// Whether any was given.
    var areGiven: Bool { !thresholds.isEmpty || targets != nil || profile != nil }

    /// All thresholds: those of the profile, of the file, and of the command line, in this order.
    func all() throws -> [Threshold] {
        var all = profile.flatMap { Threshold.profiles[$0] } ?? []
        if let targets { all += try Self.read(FilePath(targets)) }
        return all + thresholds
    }

    /// Reads one threshold; what is wrong with it is the message of the `ValidationError`.
    private static func threshold(_ text: String) throws -> Threshold {
        do {
            return try Threshold(parsing: text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    private static func read(_ path: FilePath) throws -> [Threshold] {
        let text = try TextFile.read(path, limit: TargetsFile.sizeLimit)
        do {
            return try TargetsFile(parsing: text).thresholds
        } catch {
            throw CommandFailure("\(path.string): \(error)", .badData)
        }
    }
}

extension ExitStatus {
    /// The status that judging by thresholds ends the program with.
    init(_ verdict: ThresholdReport.Verdict) {
        switch verdict {
        case .passed, .warned: self = .success
        case .missed: self = .regression
        case .undecided: self = .inconclusive
        case .invalid: self = .invalidMeasurement
        }
    }
}
