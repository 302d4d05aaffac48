/// What one check found.
public struct Finding: Equatable, Sendable {
    /// How serious it is.
    public enum Level: String, CaseIterable, Sendable {
        /// Nothing is in the way.
        case ok
        /// Measurements are possible, with doubts.
        case warning
        /// Measurements make no sense, or cannot be made at all.
        case failure
    }

    /// The name of what was checked.
    public let check: String
    /// How serious it is.
    public let level: Level
    /// What was found, with units.
    public let value: String
    /// How to mend it, in a sentence or a command line; `nil` when nothing is in the way.
    public let remedy: String?
}

/// Judges a machine: facts in, findings out.
public struct HostJudgement: Equatable, Sendable {
    /// One finding for each check, in a fixed order.
    public let findings: [Finding]

    /// Whether no check failed.
    public var isUsable: Bool { !findings.contains { $0.level == .failure } }

    /// How many findings are of this level.
    public func count(of level: Finding.Level) -> Int {
        findings.count { $0.level == level }
    }

    /// Judges what is known of a machine.
    public init(of facts: HostFacts) {
        findings = [
            .descriptors(facts.descriptors),
            .clock(facts.clockSource),
            .cores(facts.processors),
            .governor(facts.governors),
            .capture(facts.capabilities),
            .ports(facts.ports),
            .timer(facts.timer),
            .memory(facts.availableMemory),
            .disk(facts.folder),
        ]
    }
}
