import Glibc
import HostChecks
import SystemPackage

/// Learns what is to be known of this machine.
enum HostProbe {
    private static let sleepCount = 200
    private static let sleepDuration: Int64 = 1_000_000

    /// Gathers the facts, which takes about a quarter of a second.
    static func facts(folder: FilePath) -> HostFacts {
        var facts = HostFacts()
        facts.descriptors = descriptorLimits()
        facts.clockSource = SystemText.firstLine(
            of: "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        )
        let before = processorTimes()
        facts.timer = timerLateness()
        let status = SystemText.contents(of: "/proc/self/status") ?? ""
        let usable = KernelText.usableProcessors(status: status)
        if let before, let after = processorTimes(), !usable.isEmpty {
            facts.processors = Processors(
                usable: usable.count,
                quota: processorQuota(),
                idle: after.idle(since: before, on: usable)
            )
        }
        facts.governors = governors(of: usable)
        facts.capabilities = KernelText.effectiveCapabilities(status: status)
        facts.ports = ephemeralPorts()
        facts.availableMemory = SystemText.contents(of: "/proc/meminfo")
            .flatMap { KernelText.availableMemory(meminfo: $0) }
        facts.folder = space(in: folder)
        return facts
    }

    private static func descriptorLimits() -> DescriptorLimits? {
        var limits = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return nil
        }
        return DescriptorLimits(soft: UInt64(limits.rlim_cur), hard: UInt64(limits.rlim_max))
    }

    // MARK: Processors

    private static func processorTimes() -> ProcessorTimes? {
        SystemText.contents(of: "/proc/stat").map { ProcessorTimes(stat: $0) }
    }

    private static func processorQuota() -> Double? {
        KernelText.groupFolders(cgroup: SystemText.contents(of: "/proc/self/cgroup") ?? "")
            .compactMap { folder in
                SystemText.firstLine(
                    of: FilePath("/sys/fs/cgroup").appending(folder).appending("cpu.max")
                )
            }
            .compactMap { KernelText.processorQuota(cpuMax: $0) }.min()
    }

    private static func governors(of processors: Set<Int>) -> [String] {
        let names = processors.compactMap { processor in
            SystemText.firstLine(
                of: FilePath("/sys/devices/system/cpu/cpu\(processor)/cpufreq/scaling_governor")
            )
        }
        return Set(names).sorted()
    }

    // MARK: Timer

    /// Sleeps for a millisecond many times and sees how late it wakes up.
    private static func timerLateness() -> TimerLateness? {
        var latenesses: [Int64] = []
        for _ in 0..<sleepCount {
            let due = monotonicTime() + sleepDuration
            var time = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
            guard unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == 0 else {
                continue
            }
            latenesses.append(monotonicTime() - due)
        }
        let slack = SystemText.firstLine(of: "/proc/self/timerslack_ns").flatMap { Int64($0) }
        return TimerLateness(latenesses: latenesses, slack: slack)
    }

    private static func monotonicTime() -> Int64 {
        var time = timespec()
        let status = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        precondition(status == 0, "the monotonic clock can always be read")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: Network and disk

    private static func ephemeralPorts() -> EphemeralPorts? {
        guard
            let range = SystemText.firstLine(of: "/proc/sys/net/ipv4/ip_local_port_range")
                .flatMap({ KernelText.portRange($0) })
        else { return nil }
        let sockets = SystemText.contents(of: "/proc/net/sockstat")
            .flatMap { KernelText.tcpSockets(sockstat: $0) }
        return EphemeralPorts(range: range, sockets: sockets ?? 0)
    }

    private static func space(in folder: FilePath) -> Folder {
        var status = statvfs()
        let isKnown = unsafe statvfs(folder.string, &status) == 0
        let bytes = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return Folder(
            path: folder.string,
            availableBytes: isKnown ? (bytes.overflow ? .max : bytes.partialValue) : nil,
            isWritable: unsafe access(folder.string, W_OK) == 0
        )
    }
}
