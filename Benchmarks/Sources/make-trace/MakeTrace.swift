import SyntheticTraffic
import SystemPackage
import TraceFormat

/// Makes a trace of small requests that all differ, to be replayed at full speed.
///
///     make-trace OUT.mtr REQUESTS CONNECTIONS [MICROSECONDS BETWEEN TWO REQUESTS]
@main
struct MakeTrace {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard (4...5).contains(arguments.count), let requestCount = UInt64(arguments[2]),
            let connectionCount = UInt64(arguments[3]), connectionCount > 0,
            let spacing = arguments.count == 5 ? Int64(arguments[4]) : 10
        else {
            print("usage: make-trace OUT.mtr REQUESTS CONNECTIONS [MICROSECONDS]")
            throw Errno.invalidArgument
        }
        let traffic = SyntheticTraffic(
            requestCount: requestCount,
            connectionCount: connectionCount,
            spacing: spacing * 1000
        )
        var writer = try TraceWriter(
            creating: FilePath(arguments[1]),
            replacing: true,
            info: traffic.info
        )
        try traffic.write(to: &writer)
    }
}
