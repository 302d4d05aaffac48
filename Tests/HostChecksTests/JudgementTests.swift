import HostChecks
import Testing

/// What is said of a machine, given what is known of it.
struct JudgementTests {
    /// A machine on which nothing is in the way.
    private var goodHost: HostFacts {
        var facts = HostFacts()
        facts.descriptors = DescriptorLimits(soft: 1024, hard: 1_048_576)
        facts.clockSource = "tsc"
        facts.processors = Processors(usable: 8, quota: nil, idle: 7.9)
        facts.governors = ["performance"]
        facts.capabilities = 1 << 13
        facts.ports = EphemeralPorts(range: 32768...60999, sockets: 12)
        facts.timer = TimerLateness(latenesses: [20_000, 30_000, 90_000], slack: 50_000)
        facts.availableMemory = 8 << 30
        facts.folder = Folder(path: ".", availableBytes: 40 << 30, isWritable: true)
        return facts
    }

    private func finding(_ check: String, _ facts: HostFacts) throws -> Finding {
        try #require(HostJudgement(of: facts).findings.first { $0.check == check })
    }

    private func level(
        _ check: String,
        _ change: (inout HostFacts) -> Void
    ) throws -> Finding.Level {
        var facts = goodHost
        change(&facts)
        return try finding(check, facts).level
    }

    @Test func goodMachineHasNothingToMend() {
        let judgement = HostJudgement(of: goodHost)
        #expect(judgement.isUsable)
        #expect(judgement.findings.allSatisfy { $0.level == .ok && $0.remedy == nil })
        #expect(judgement.findings.count == 9)
    }

    @Test func notKnowingIsADoubtThatSaysWhatToDo() {
        let judgement = HostJudgement(of: HostFacts())
        #expect(judgement.isUsable)
        // Only the governor may be absent with good reason.
        #expect(judgement.count(of: .warning) == 8)
        #expect(judgement.findings.filter { $0.level != .ok }.allSatisfy { $0.remedy != nil })
    }

    @Test(arguments: [
        (255 as UInt64, Finding.Level.failure), (256, .warning), (4095, .warning), (4096, .ok),
    ])
    func descriptorsAreCountedUpToTheHardLimit(_ hard: UInt64, _ level: Finding.Level) throws {
        let found = try self.level("descriptors") {
            $0.descriptors = DescriptorLimits(soft: min(1024, hard), hard: hard)
        }
        #expect(found == level)
    }

    @Test func slowClockIsDoubtful() throws {
        #expect(try level("clock source") { $0.clockSource = "hpet" } == .warning)
        #expect(try level("clock source") { $0.clockSource = "kvm-clock" } == .ok)
    }

    @Test func quotaLimitsWhatIsFree() throws {
        var facts = goodHost
        facts.processors = Processors(usable: 8, quota: 0.5, idle: 7.9)
        let finding = try finding("free cores", facts)
        #expect(finding.level == .warning)
        #expect(finding.value == "0.5 of 8, 0.5 allowed by a control group")
        #expect(
            try level("free cores") { $0.processors = Processors(usable: 2, quota: nil, idle: 0.1) }
                == .failure
        )
    }

    @Test func oneSlowGovernorAmongManyIsNamed() throws {
        var facts = goodHost
        facts.governors = ["performance", "powersave"]
        let finding = try finding("governor", facts)
        #expect(finding.level == .warning && finding.value.contains("powersave"))
        #expect(try level("governor") { $0.governors = [] } == .ok)
    }

    @Test func captureNeedsItsOwnCapability() throws {
        #expect(try level("capture rights") { $0.capabilities = ~(1 << 13) } == .warning)
        #expect(try level("capture rights") { $0.capabilities = 1 << 13 | 1 } == .ok)
    }

    @Test func socketsInUseTakePortsAway() throws {
        let range = 32768...60999
        func level(_ sockets: Int) throws -> Finding.Level {
            try self.level("local ports") {
                $0.ports = EphemeralPorts(range: range, sockets: sockets)
            }
        }
        #expect(try level(0) == .ok)
        #expect(try level(range.count - 9999) == .warning)
        #expect(try level(range.count - 999) == .failure)
        #expect(EphemeralPorts(range: range, sockets: 90_000).free == 0)
    }

    @Test func latenessIsJudgedByMedianAndTail() throws {
        func level(_ latenesses: [Int64]) throws -> Finding.Level {
            try self.level("timer") {
                $0.timer = TimerLateness(latenesses: latenesses, slack: 50_000)
            }
        }
        #expect(try level([20_000, 30_000, 40_000]) == .ok)
        #expect(try level([20_000, 30_000, 1_000_001]) == .warning)
        #expect(try level([250_000, 250_000, 250_000]) == .warning)
        #expect(try level([6_000_000, 6_000_000, 6_000_000]) == .failure)
        #expect(TimerLateness(latenesses: [], slack: 1) == nil)
    }

    @Test func percentilesAreNearestRanks() throws {
        let timer = try #require(TimerLateness(latenesses: Array((1...200).reversed()), slack: 0))
        #expect(timer.median == 100)
        #expect(timer.p99 == 198)
    }

    @Test func folderThatCannotBeWrittenFails() throws {
        #expect(
            try level("disk") {
                $0.folder = Folder(path: "/proc", availableBytes: 0, isWritable: false)
            } == .failure
        )
        #expect(
            try level("disk") {
                $0.folder = Folder(path: ".", availableBytes: 63 << 20, isWritable: true)
            } == .failure
        )
        #expect(try level("memory") { $0.availableMemory = 127 << 20 } == .failure)
    }
}
