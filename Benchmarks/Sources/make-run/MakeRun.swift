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
        let info = RunInfo(
            writer: "make-run",
            traceHash: "0123456789abcdef",
            traceName: "synthetic.mtr",
            target: "http://127.0.0.1:3000",
            speed: "1",
            connections: "recorded",
            planned: requestCount,
            startedAt: 0
        )
        var writer = try RunWriter(creating: FilePath(arguments[1]), replacing: true, info: info)
        for index in 0..<requestCount { try writer.append(outcome(index, slowdown)) }
        let duration = Int64(requestCount) * spacing
        try writer.finish(RunEnding(isPartial: false, duration: duration))
    }

    private static let spacing: Int64 = 100_000

    /// A request whose times vary, also between the runs of different slowdowns.
    private static func outcome(_ index: UInt64, _ slowdown: Double) -> Outcome {
        let due = Int64(index) * spacing
        // Any fixed sequence without a short period does.
        let seed = index &+ UInt64(slowdown * 1000) &* 0xD134_2543_DE82_EF95
        let variation = Double((seed &* 0x9E37_79B9_7F4A_7C15) >> 40) / Double(1 << 24)
        var outcome = Outcome(
            index: index,
            connection: index % 64,
            sequence: index / 64,
            method: "GET",
            target: "/run/module-\(index % 12)/item/\(index % 1000)",
            due: due
        )
        outcome.liveConnection = index % 64
        outcome.sent = due + 20_000
        let isFirst = index < 12
        let time = isFirst ? 80e6 : 500_000 + 800_000 * variation
        outcome.firstByte = due + 20_000 + Int64(time * slowdown)
        outcome.end = outcome.firstByte
        outcome.result = .completed
        outcome.status = 200
        outcome.requestByteCount = 140
        outcome.responseHeadByteCount = 120
        outcome.responseBodyByteCount = 12
        outcome.fingerprint = Fingerprint(high: index, low: 0)
        outcome.serverMilliseconds = 1
        return outcome
    }
}
