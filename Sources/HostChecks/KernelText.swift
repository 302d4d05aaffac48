/// Reads the small text files in which the kernel tells of a machine; anything that is not as
/// expected gives `nil` or is left out.
public enum KernelText {
    /// The available memory in bytes, from `/proc/meminfo`.
    public static func availableMemory(meminfo text: String) -> UInt64? {
        number(named: "MemAvailable:", in: text).flatMap { UInt64($0) }
            .map { $0.multipliedReportingOverflow(by: 1024).partialValue }
    }

    /// The capabilities in force, from `/proc/self/status`.
    public static func effectiveCapabilities(status text: String) -> UInt64? {
        number(named: "CapEff:", in: text).flatMap { UInt64($0, radix: 16) }
    }

    /// The numbers of the processors that a process may run on, from `/proc/self/status`.
    public static func usableProcessors(status text: String) -> Set<Int> {
        let list = number(named: "Cpus_allowed_list:", in: text) ?? ""
        let ranges = list.split(separator: ",").map { range in
            range.split(separator: "-").compactMap { Int($0) }
        }
        // No kernel is built for more processors than this.
        return ranges.reduce(into: []) { processors, ends in
            guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last,
                first >= 0, last < 8192
            else { return }
            processors.formUnion(first...last)
        }
    }

    /// How many processors' worth of time a control group allows, from its `cpu.max`.
    public static func processorQuota(cpuMax text: String) -> Double? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
            quota > 0, period > 0
        else { return nil }
        return quota / period
    }

    /// The folders of a process's control group and of those around it, innermost first, below
    /// `/sys/fs/cgroup`, from `/proc/self/cgroup` (version 2).
    public static func groupFolders(cgroup text: String) -> [String] {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            return [""]
        }
        var components = line.dropFirst("0::/".count).split(separator: "/")
        var folders: [String] = []
        while !components.isEmpty {
            folders.append(components.joined(separator: "/"))
            components.removeLast()
        }
        return folders + [""]
    }

    /// The ports, from `/proc/sys/net/ipv4/ip_local_port_range`.
    public static func portRange(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard ends.count == 2, ends[0] <= ends[1], ends[0] >= 0, ends[1] <= 65535 else {
            return nil
        }
        return ends[0]...ends[1]
    }

    /// The TCP sockets in use and in TIME_WAIT, from `/proc/net/sockstat`.
    public static func tcpSockets(sockstat text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("TCP: ") }) else {
            return nil
        }
        let words = line.split(separator: " ")
        func count(_ name: Substring) -> Int? {
            words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first }
                .flatMap { Int($0) }
        }
        guard let used = count("inuse"), let waiting = count("tw") else { return nil }
        return used + waiting
    }

    private static func number(named name: String, in text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix(name) }
            .flatMap { $0.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first }
    }
}
