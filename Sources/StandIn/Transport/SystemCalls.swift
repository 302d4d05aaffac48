import Glibc

/// The system's wall clock, read once for each server.
func microsecondsSince1970() -> Int64 {
    var time = timespec()
    let result = unsafe clock_gettime(CLOCK_REALTIME, &time)
    precondition(result == 0, "the system has no real-time clock")
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
