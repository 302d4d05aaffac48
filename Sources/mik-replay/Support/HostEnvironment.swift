import Glibc
import SystemPackage
import TraceFormat

/// What of this machine can move the numbers of a run.
enum HostEnvironment {
    /// The host's name, its kernel, and its processors, as they are kept in a run file.
    static func metadata() -> Metadata {
        var metadata = Metadata()
        metadata["host"] = SystemText.firstLine(of: "/proc/sys/kernel/hostname")
        metadata["kernel"] = SystemText.firstLine(of: "/proc/sys/kernel/osrelease")
        metadata["cores"] = "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"
        metadata["load_average"] = SystemText.firstLine(of: "/proc/loadavg")
        return metadata
    }

    /// The time of day, in nanoseconds since the start of 1970.
    static func wallClock() -> Int64 {
        var time = timespec()
        let status = unsafe clock_gettime(CLOCK_REALTIME, &time)
        precondition(status == 0, "the wall clock can always be read")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
