import ArgumentParser
import Replayer

/// The options that end or hold back requests.
struct LimitOptions: ParsableArguments {
    @Option(help: "Give a request up when it takes longer than this, such as 500ms or 30s.")
    var timeout = DurationArgument.thirtySeconds

    @Option(help: "Send requests for this long at most.")
    var duration: DurationArgument?

    @Option(help: "Shorten recorded pauses that are longer than this, such as 2s.")
    var maxGap: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Put requests off so that no more than this many are due, such as 500/s.",
            valueName: "rate"
        )
    )
    var maxRate: RateArgument?

    @Option(
        help: ArgumentHelp("Have no more than this many requests in flight.", valueName: "number")
    )
    var maxInFlight: Int?

    @Option(help: "Do not send a request that is later than this; it counts as unsent.")
    var lateLimit: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Stop when more of the ended requests than this failed, were given up, or got a 5xx "
                + "status: 'errors>5%' (of 100 at least).",
            valueName: "condition"
        )
    )
    var abortOn: ErrorShareArgument?

    @Option(help: "Wait this long for what is in flight when the replay is stopped.")
    var drain = DurationArgument(nanoseconds: 1_000_000_000)

    func validate() throws {
        if let maxInFlight, !(1...1_000_000).contains(maxInFlight) {
            throw ValidationError("--max-in-flight takes a number from 1 to 1000000.")
        }
    }

    /// The limits of the replay.
    var value: ReplayLimits {
        var limits = ReplayLimits(timeout: timeout.nanoseconds)
        limits.duration = duration?.nanoseconds
        limits.gap = maxGap?.nanoseconds
        limits.rate = maxRate?.perSecond
        limits.inFlight = maxInFlight
        limits.lateness = lateLimit?.nanoseconds
        limits.errorShare = abortOn?.share
        limits.drain = drain.nanoseconds
        return limits
    }
}
