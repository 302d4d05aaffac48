/// What is known of a machine that can move or spoil a measurement.
///
/// A fact that could not be learnt is `nil`, which is judged too: not knowing is no reason to be
/// content.
public struct HostFacts: Equatable, Sendable {
    /// How many files and sockets this process may open: now, and if it asks for more.
    public var descriptors: DescriptorLimits?
    /// What the kernel reads the time from.
    public var clockSource: String?
    /// The processors that this process may run on, and how idle they were.
    public var processors: Processors?
    /// The frequency governors of those processors, each once; empty where there are none, as in
    /// most virtual machines.
    public var governors: [String] = []
    /// The capabilities that are in force for this process, as the bits of the kernel.
    public var capabilities: UInt64?
    /// The local ports that connections leave from.
    public var ports: EphemeralPorts?
    /// How late this process wakes up from a sleep.
    public var timer: TimerLateness?
    /// The bytes of memory that can be had without swapping.
    public var availableMemory: UInt64?
    /// Where runs and traces would be written.
    public var folder: Folder?

    /// Nothing is known yet.
    public init() {}
}

/// How many files and sockets a process may open.
public struct DescriptorLimits: Equatable, Sendable {
    /// How many now.
    public var soft: UInt64
    /// How many at most, which every command that needs more asks for.
    public var hard: UInt64

    /// Makes limits.
    public init(soft: UInt64, hard: UInt64) {
        self.soft = soft
        self.hard = hard
    }
}

/// The processors that a process may run on.
public struct Processors: Equatable, Sendable {
    /// How many the process may run on.
    public var usable: Int
    /// How many processors' worth of time a control group allows; `nil` means no limit.
    public var quota: Double?
    /// How many processors' worth of time nobody used while it was measured.
    public var idle: Double

    /// Makes a description.
    public init(usable: Int, quota: Double?, idle: Double) {
        self.usable = usable
        self.quota = quota
        self.idle = idle
    }

    /// How many processors' worth of time could be had.
    public var free: Double { min(idle, quota ?? idle) }
}

/// The local ports that connections leave from.
public struct EphemeralPorts: Equatable, Sendable {
    /// The ports that the kernel chooses from.
    public var range: ClosedRange<Int>
    /// How many TCP sockets exist, those included that wait for late packets (TIME_WAIT).
    public var sockets: Int

    /// Makes a description.
    public init(range: ClosedRange<Int>, sockets: Int) {
        self.range = range
        self.sockets = sockets
    }

    /// How many connections to one address and port can still be opened, at the least.
    public var free: Int { max(0, range.count - sockets) }
}

/// How late a process wakes up from a sleep, in nanoseconds.
public struct TimerLateness: Equatable, Sendable {
    /// The median.
    public var median: Int64
    /// The 99th percentile.
    public var p99: Int64
    /// How far the kernel may put a wake-up off to save power; `nil` when it could not be learnt.
    ///
    /// The default of Linux is 50 µs.
    public var slack: Int64?

    /// Makes a description from what was measured; `nil` without measurements.
    public init?(latenesses: [Int64], slack: Int64?) {
        guard !latenesses.isEmpty else { return nil }
        let sorted = latenesses.sorted()
        // Nearest rank, as in all reports.
        func percentile(_ share: Int) -> Int64 { sorted[(sorted.count * share + 99) / 100 - 1] }
        median = percentile(50)
        p99 = percentile(99)
        self.slack = slack
    }
}

/// A folder for outputs.
public struct Folder: Equatable, Sendable {
    /// Its path.
    public var path: String
    /// How many bytes can still be written; `nil` when that could not be learnt.
    public var availableBytes: UInt64?
    /// Whether this process may write there.
    public var isWritable: Bool

    /// Makes a description.
    public init(path: String, availableBytes: UInt64?, isWritable: Bool) {
        self.path = path
        self.availableBytes = availableBytes
        self.isWritable = isWritable
    }
}
