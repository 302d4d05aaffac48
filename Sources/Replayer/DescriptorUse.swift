import Glibc
import TraceFormat

/// How many descriptors (files, sockets) this process has open, and how many it may have.
public struct DescriptorUse: Equatable, Sendable {
    /// The most that may be open; `nil` where there is no limit.
    public let limit: UInt64?
    /// Those that are open; `nil` where the kernel does not tell.
    public let openCount: UInt64?

    /// The use as of now.
    public static func now() -> DescriptorUse {
        var limit = rlimit()
        let status = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let isLimited = status == 0 && limit.rlim_cur < rlim_t(Int64.max)
        return DescriptorUse(
            limit: isLimited ? UInt64(limit.rlim_cur) : nil,
            openCount: countOpen()
        )
    }

    init(limit: UInt64?, openCount: UInt64?) {
        self.limit = limit
        self.openCount = openCount
    }

    /// Counts the entries of `/proc/self/fd`, without the two for the folder itself and the one that
    /// reads it.
    private static func countOpen() -> UInt64? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count: UInt64 = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return count > 3 ? count - 3 : nil
    }

    /// A sentence for a plan that needs so many connections at a time; `nil` when there is room.
    public func warning(connections: UInt64) -> String? {
        guard let limit, let openCount, openCount + connections > limit else { return nil }
        return "the plan needs about \(openCount + connections) descriptors at a time, and this "
            + "process may have \(limit) (ulimit -Hn): some requests may not leave"
    }
}

extension Ledger {
    /// Notes the limit, and the most that were open at a time beside so many connections.
    mutating func add(_ use: DescriptorUse, peakConnections: UInt64) {
        guard let limit = use.limit, let openCount = use.openCount else { return }
        self["descriptors", "limit"] = limit
        self["descriptors", "peak"] = openCount + peakConnections
    }
}
