import Benchmark
import Replayer
import SyntheticTraffic
import TraceFormat

/// Looking through the plan of a replay: which requests are this replayer's, and when each is due.
func pacingBenchmarks() {
    let traffic = SyntheticTraffic(requestCount: UInt64(Scale.count), connectionCount: 64)
    for (name, pace) in [
        ("recorded-times", Pace.arrival(speed: 4)),
        ("random-rate", .rate(ArrivalRate(perSecond: 5000), .exponential)),
        ("full-speed", .maximum),
    ] {
        Benchmark("pacing.\(name)") { benchmark in
            try withScratchFile { path in
                var writer = try TraceWriter(creating: path, replacing: true, info: traffic.info)
                try traffic.write(to: &writer)
                let target = Target(host: "127.0.0.1", port: 3000)
                let replay = Replay(ReplayConfiguration(target: target, pace: pace))
                let plan = try benchmark.measuring { try replay.prepare(trace: path).plan }
                precondition(plan.requests == traffic.requestCount, "a request was lost")
            }
        }
    }
}
