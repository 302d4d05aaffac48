import Glibc
import SystemPackage

/// What a thread of an event loop needs of the system.
enum ThreadSetup {
    /// Lets the system wake the calling thread up on time: by default it may be up to 50 µs late
    /// on purpose, to wake several threads up at once (`PR_SET_TIMERSLACK`).
    ///
    /// Where that can't be set, wake-ups are a little later; each request tells how late it was.
    static func wakeOnTime() {
        guard let thread = threadIdentifier else { return }
        // The file is the one way to the setting without a C function of variable arguments; it is
        // there for every thread, though only those of processes are listed.
        let path = FilePath("/proc/\(thread)/timerslack_ns")
        guard let file = try? FileDescriptor.open(path, .writeOnly) else { return }
        _ = try? file.closeAfter { try file.writeAll("1".utf8) }
    }

    /// Lets event loops go first where the calling thread, which does what can wait, shares a
    /// processor with them.
    ///
    /// The difference is so small that it still gets the share that it needs of a busy processor.
    static func giveWay() {
        // For the kernel this is the thread, whatever POSIX says of processes.
        _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 5)
    }

    /// The kernel's number of the calling thread: the end of the link `PROCESS/task/THREAD`.
    private static var threadIdentifier: Int? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink("/proc/thread-self", &bytes, bytes.count)
        guard count > 0 else { return nil }
        let link = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return link.split(separator: "/").last.flatMap { Int($0) }
    }
}
