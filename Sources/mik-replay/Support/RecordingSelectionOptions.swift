import ArgumentParser
import Capture
import SeededRandom

/// The options that say which of the traffic that is seen goes into the trace.
struct RecordingSelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only connections from or to this address; may be repeated.",
            valueName: "address"
        )
    )
    var host: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only requests like this, such as 'GET /run/cart/*'; may be repeated.",
            valueName: "route"
        )
    )
    var only: [RouteArgument] = []

    @Option(
        help: ArgumentHelp(
            "No requests like this, such as '/health'; may be repeated.",
            valueName: "route"
        )
    )
    var except: [RouteArgument] = []

    @Option(
        help: ArgumentHelp("Only this share of the connections, such as 10%.", valueName: "share")
    )
    var sample: ShareArgument?

    @Option(help: "The seed by which --sample chooses.")
    var seed: UInt64 = 0

    /// What goes into the trace.
    var value: ExchangeSelection {
        var selection = ExchangeSelection()
        selection.hosts = Set(host)
        selection.only = only.map(\.glob)
        selection.except = except.map(\.glob)
        selection.sample = sample.map { ConnectionSample(share: $0.share, seed: seed) }
        return selection
    }
}
