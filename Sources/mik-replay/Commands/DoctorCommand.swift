import Analyzer
import ArgumentParser
import HostChecks
import SystemPackage

/// `mik-replay doctor`: whether this machine can measure.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check whether this machine can measure, and say how to mend what is in the way.",
        discussion: """
            Looks at descriptors, clock, free cores, governor, capture rights, local ports,
            timer, memory and disk, which takes a quarter of a second. Run it on the machine
            that sends, while nothing else runs there.

            Ends with status 1 when a check fails; warnings are doubts.

            Examples:
              mik-replay doctor
              mik-replay doctor --json | jq -r '.checks[] | select(.level != "ok").check'
            """
    )

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    @Option(help: ArgumentHelp("Where runs and traces would be written.", valueName: "folder"))
    var folder = "."

    func run() async throws {
        try await reportingFailures {
            let judgement = HostJudgement(of: HostProbe.facts(folder: FilePath(folder)))
            try Terminal.print(json ? judgement.json.text : judgement.text)
            if !judgement.isUsable { throw ExitStatus.regression.exitCode }
        }
    }
}

extension HostJudgement {
    /// The findings for people.
    fileprivate var text: String {
        let counts = [Finding.Level.failure, .warning].filter { count(of: $0) > 0 }
            .map { "\($0.rawValue) ×\(count(of: $0))" }
        var text =
            "DOCTOR    "
            + ([isUsable ? "usable" : "not usable"] + counts)
            .joined(separator: " · ") + "\n\n"
        for finding in findings {
            let lines =
                finding.value.wrapped(to: 54)
                + (finding.remedy.map { "→ \($0)".wrapped(to: 54) } ?? [])
            let start = finding.level.rawValue.padded(to: 10) + finding.check.padded(to: 16)
            for (number, line) in lines.enumerated() {
                text += (number == 0 ? start : String(repeating: " ", count: 26)) + line + "\n"
            }
        }
        return text
    }

    /// The findings for scripts.
    fileprivate var json: JSONValue {
        .object([
            .init("kind", .string("doctor")),
            .init("usable", .bool(isUsable)),
            .init(
                "checks",
                .array(
                    findings.map { finding in
                        .object([
                            .init("check", .string(finding.check)),
                            .init("level", .string(finding.level.rawValue)),
                            .init("value", .string(finding.value)),
                            .init("remedy", finding.remedy.map { .string($0) } ?? .null),
                        ])
                    }
                )
            ),
        ])
    }
}
