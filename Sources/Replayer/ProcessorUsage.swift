import Glibc

/// The processor time that this process has used, in microseconds.
struct ProcessorUsage {
    /// In user mode.
    var user: UInt64
    /// In the kernel.
    var system: UInt64

    /// The usage up to now, of all threads.
    static func now() -> ProcessorUsage {
        var usage = rusage()
        let status = unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        precondition(status == 0, "getrusage accepts RUSAGE_SELF")
        return ProcessorUsage(
            user: microseconds(usage.ru_utime),
            system: microseconds(usage.ru_stime)
        )
    }

    private static func microseconds(_ time: timeval) -> UInt64 {
        UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec)
    }

    /// What was used between two moments.
    static func - (later: ProcessorUsage, earlier: ProcessorUsage) -> ProcessorUsage {
        ProcessorUsage(user: later.user - earlier.user, system: later.system - earlier.system)
    }
}
