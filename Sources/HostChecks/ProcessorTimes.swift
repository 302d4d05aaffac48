/// What each processor did since the machine started, from `/proc/stat`, in the kernel's ticks.
public struct ProcessorTimes: Equatable, Sendable {
    private var ticks: [Int: (idle: UInt64, all: UInt64)] = [:]

    /// Reads the lines `cpu0 …`, `cpu1 …`.
    public init(stat text: String) {
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            let counts = words.dropFirst().prefix(8).compactMap { UInt64($0) }
            guard let processor = Int(words[0].dropFirst(3)), counts.count >= 5 else { continue }
            // Fourth and fifth are idle time, without and with disk work under way (proc_stat(5)).
            ticks[processor] = (counts[3] &+ counts[4], counts.reduce(0, &+))
        }
    }

    /// How many processors' worth of time was idle since an earlier reading, among these ones.
    public func idle(since earlier: ProcessorTimes, on processors: Set<Int>) -> Double {
        processors.reduce(0) { sum, processor in
            guard let now = ticks[processor], let before = earlier.ticks[processor],
                now.all > before.all, now.idle >= before.idle
            else { return sum }
            return sum + Double(now.idle - before.idle) / Double(now.all - before.all)
        }
    }

    /// Whether two readings say the same.
    public static func == (first: ProcessorTimes, second: ProcessorTimes) -> Bool {
        first.ticks.mapValues { [$0.idle, $0.all] } == second.ticks.mapValues { [$0.idle, $0.all] }
    }
}
