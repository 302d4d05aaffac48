import Glibc

/// How many files and sockets this process may have open.
enum DescriptorLimit {
    /// Raises the limit as far as an ordinary user may, because every connection needs one.
    ///
    /// When that fails, what could not be opened is counted by whoever wanted it.
    static func raise() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
