import SyntheticTraffic
import SystemPackage
import TraceFormat

/// Makes a run of requests to a few modules, as large as wanted, to be reported and compared.
///
///     make-run OUT.mrr REQUESTS [SLOWDOWN]
@main
struct MakeRun {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard (3...4).contains(arguments.count), let requestCount = UInt64(arguments[2]),
            let slowdown = arguments.count == 4 ? Double(arguments[3]) : 1
        else {
            print("usage: make-run OUT.mrr REQUESTS [SLOWDOWN]")
            throw Errno.invalidArgument
        }
        let outcomes = SyntheticOutcomes(count: requestCount, slowdown: slowdown)
        var writer = try RunWriter(
            creating: FilePath(arguments[1]),
            replacing: true,
            info: outcomes.info
        )
        for outcome in outcomes.all { try writer.append(outcome) }
        try writer.finish(outcomes.ending)
    }
}
