import ArgumentParser
import Replayer

/// The options that say what of a trace is played, how often, and over which connections.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Play only what was recorded in this time, such as 37m..40m, 30s.. or ..1h.",
            valueName: "from..to"
        )
    )
    var slice: SliceArgument?

    @Option(help: ArgumentHelp("Play it so many times, one after the other.", valueName: "number"))
    var loop: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Play each connection so many times, with small shifts: more connections, same shape.",
            valueName: "number"
        )
    )
    var multiply: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Play only this part of the connections, such as 2/4; see docs/scale-out.md.",
            valueName: "i/n"
        )
    )
    var shard: ShardArgument?

    @Option(
        help: ArgumentHelp(
            "Play over this many live connections, in place of one for each recorded one.",
            valueName: "number"
        )
    )
    var connections: Int?

    @Flag(help: "Open a new connection for each request.")
    var freshConnections = false

    func validate() throws {
        if let connections, !(1...65_000).contains(connections) {
            throw ValidationError("--connections takes a number from 1 to 65000.")
        }
        guard (1...1_000_000).contains(loop) else {
            throw ValidationError("--loop takes a number from 1 to 1000000.")
        }
        guard (1...1000).contains(multiply) else {
            throw ValidationError("--multiply takes a number from 1 to 1000.")
        }
    }

    /// What of the trace is played.
    var value: TraceSelection {
        var selection = TraceSelection()
        selection.slice = slice?.range
        selection.loopCount = loop
        selection.multiplier = multiply
        selection.shard = shard?.shard
        return selection
    }
}
