// One function for each check: what is in order, what is doubtful, what fails, and how to mend it.

extension Finding {
    /// Each live connection takes a descriptor, and some more go to files and event loops.
    static func descriptors(_ limits: DescriptorLimits?) -> Finding {
        guard let limits else { return .unknown("descriptors") }
        let remedy =
            "raise the hard limit: ulimit -Hn 65536 as root, LimitNOFILE=65536 in a systemd unit, "
            + "--ulimit nofile=65536 in docker run"
        let value =
            limits.soft == limits.hard
            ? "\(limits.hard)" : "\(limits.hard) (\(limits.soft) until it is raised by itself)"
        return Finding(
            "descriptors",
            limits.hard < 256 ? .failure : limits.hard < 4096 ? .warning : .ok,
            value,
            remedy
        )
    }

    /// Every time in a run comes from this clock, and reading it must not take a system call.
    static func clock(_ source: String?) -> Finding {
        guard let source else { return .unknown("clock source") }
        let quick = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"]
        return Finding(
            "clock source",
            quick.contains(source) ? .ok : .warning,
            source,
            "each reading is a slow system call: choose another one of "
                + "/sys/devices/system/clocksource/clocksource0/available_clocksource, best tsc, "
                + "by the kernel option clocksource=tsc"
        )
    }

    /// Without a core of its own the client measures its own waiting.
    static func cores(_ processors: Processors?) -> Finding {
        guard let processors else { return .unknown("free cores") }
        let quota = processors.quota.map { ", \(decimal($0)) allowed by a control group" } ?? ""
        return Finding(
            "free cores",
            processors.free < 0.2 ? .failure : processors.free < 1 ? .warning : .ok,
            "\(decimal(processors.free)) of \(processors.usable)" + quota,
            "stop what else runs here, or give the client more cores: nothing is sent on time by a "
                + "process that waits for a processor"
        )
    }

    /// A processor that changes its frequency makes the first requests after a pause slow.
    static func governor(_ governors: [String]) -> Finding {
        let slow = governors.filter { $0 != "performance" }
        return Finding(
            "governor",
            slow.isEmpty ? .ok : .warning,
            governors.isEmpty ? "none in this system" : governors.joined(separator: ", "),
            "cpupower frequency-set -g performance (package linux-cpupower), as root"
        )
    }

    /// `record live` reads packets, which only CAP_NET_RAW allows.
    static func capture(_ capabilities: UInt64?) -> Finding {
        guard let capabilities else { return .unknown("capture rights") }
        let mayCapture = capabilities & (1 << 13) != 0
        return Finding(
            "capture rights",
            mayCapture ? .ok : .warning,
            mayCapture ? "CAP_NET_RAW" : "no CAP_NET_RAW: record proxy and record pcap work",
            "sudo setcap cap_net_raw+ep \"$(command -v mik-replay)\", or run the recorder by its "
                + "systemd unit"
        )
    }

    /// Each connection to the same target needs a local port, also for a minute after its end.
    static func ports(_ ports: EphemeralPorts?) -> Finding {
        guard let ports else { return .unknown("local ports") }
        return Finding(
            "local ports",
            ports.free < 1000 ? .failure : ports.free < 10_000 ? .warning : .ok,
            "\(ports.range.lowerBound) to \(ports.range.upperBound), \(ports.sockets) sockets in use",
            "sysctl -w net.ipv4.ip_local_port_range='1024 65535' as root, or wait a minute for "
                + "closed connections to be forgotten"
        )
    }

    /// A request leaves no earlier than its sender wakes up.
    static func timer(_ timer: TimerLateness?) -> Finding {
        guard let timer else { return .unknown("timer") }
        let isBad = timer.median > 5_000_000
        let isDoubtful = timer.median > 200_000 || timer.p99 > 1_000_000
        return Finding(
            "timer",
            isBad ? .failure : isDoubtful ? .warning : .ok,
            "late by \(micro(timer.median)) (p50), \(micro(timer.p99)) (p99) µs"
                + (timer.slack.map { ", of which slack \(micro($0))" } ?? ""),
            "measurements would show the machine's own delays: free a core, avoid shared or "
                + "throttled virtual machines"
        )
    }

    /// A replay takes tens of megabytes, and a report about a hundred bytes for each request.
    static func memory(_ bytes: UInt64?) -> Finding {
        guard let bytes else { return .unknown("memory") }
        return Finding(
            "memory",
            bytes < 128 << 20 ? .failure : bytes < 1 << 30 ? .warning : .ok,
            "\(mebi(bytes)) MiB available",
            "a report needs about 100 bytes for each request of its run: free memory, or report on "
                + "another machine"
        )
    }

    /// A run that can't be written to its end is no run.
    static func disk(_ folder: Folder?) -> Finding {
        guard let folder else { return .unknown("disk") }
        guard folder.isWritable, let bytes = folder.availableBytes else {
            let value = folder.isWritable ? "unknown space" : "can't be written"
            return Finding(
                "disk",
                folder.isWritable ? .warning : .failure,
                "\(value) in \(folder.path)",
                "choose another folder for outputs with -o"
            )
        }
        return Finding(
            "disk",
            bytes < 64 << 20 ? .failure : bytes < 1 << 30 ? .warning : .ok,
            "\(mebi(bytes)) MiB free in \(folder.path)",
            "free some space, or choose another folder for outputs with -o"
        )
    }
}

extension Finding {
    /// A finding whose remedy counts only where something is in the way.
    private init(_ check: String, _ level: Level, _ value: String, _ remedy: String) {
        self.init(check: check, level: level, value: value, remedy: level == .ok ? nil : remedy)
    }

    private static func unknown(_ check: String) -> Finding {
        Finding(
            check,
            .warning,
            "unknown",
            "the system does not tell, as in some containers: look at it on the host"
        )
    }
}

private func mebi(_ bytes: UInt64) -> UInt64 { bytes >> 20 }

private func micro(_ nanoseconds: Int64) -> Int64 { (nanoseconds + 500) / 1000 }

/// A number with one digit after the point.
private func decimal(_ number: Double) -> String {
    "\((number * 10).rounded() / 10)"
}
