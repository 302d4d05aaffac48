import ArgumentParser
import Replayer

/// The method of a request: any token, such as `GET`.
struct LoadMethod: ExpressibleByArgument {
    let name: String

    init?(argument: String) {
        guard FieldNameArgument(argument: argument) != nil else { return nil }
        name = argument
    }
}

/// A length of time as the old tools take it: a number without a unit means seconds.
struct SecondsArgument: ExpressibleByArgument {
    let nanoseconds: Int64

    init?(argument: String) {
        let hasUnit = Double(argument) == nil
        if !hasUnit, Double(argument) == 0 {
            nanoseconds = 0
            return
        }
        guard let duration = DurationArgument(argument: hasUnit ? argument : argument + "s") else {
            return nil
        }
        nanoseconds = duration.nanoseconds
    }

    init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    var defaultValueDescription: String { DurationArgument(nanoseconds: nanoseconds).text }
}

/// How the times of a load with a rate are spread.
enum ArrivalArgument: String, ExpressibleByArgument, CaseIterable {
    case poisson, constant

    var spacing: Spacing { self == .poisson ? .exponential : .uniform }
}

/// Another tool whose summary is imitated.
enum CompatibleTool: String, ExpressibleByArgument, CaseIterable {
    case hey, wrk, ab
}

/// What each request of a load is.
struct LoadRequestOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The method (default: GET, or POST with a body).", valueName: "method")
    )
    var method: LoadMethod?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The body, or @file for the bytes of a file.", valueName: "text")
    )
    var body: String?

    @Option(
        name: [.customShort("H"), .long],
        help: ArgumentHelp("A field 'Name: value'; may be repeated.", valueName: "field")
    )
    var header: [FieldArgument] = []

    @Option(
        help: ArgumentHelp(
            "How often each URL comes in relation to the others, such as 3,1.",
            valueName: "numbers"
        )
    )
    var weights: String?

    @Option(
        help: ArgumentHelp(
            "A built-in scenario (\(LoadScenario.builtIn.keys.sorted().joined(separator: ", "))) or "
                + "a file of requests; with --target.",
            valueName: "name"
        )
    )
    var scenario: String?

    @Option(
        help: ArgumentHelp("The server of a scenario.", valueName: "url"),
        transform: TargetArgument.init(parsing:)
    )
    var target = TargetArgument.standard
}

/// How hard and how long.
struct LoadPaceOptions: ParsableArguments {
    @Option(
        name: [.short, .long, .customLong("concurrency")],
        help: ArgumentHelp("Over this many connections (default: 50).", valueName: "number")
    )
    var connections: Int?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("For this long (default: 10s).", valueName: "time")
    )
    var duration: SecondsArgument?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Send this many requests, in place of a time.", valueName: "number")
    )
    var requests: UInt64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Send for this long first, and leave that out.", valueName: "time")
    )
    var warmup = SecondsArgument(nanoseconds: 2_000_000_000)

    @Option(
        help: ArgumentHelp(
            "An open loop: so many requests are due, whatever the server does, such as 500/s.",
            valueName: "rate"
        )
    )
    var rate: RateArgument?

    @Option(help: "How the times of --rate are spread: poisson, or constant.")
    var arrival = ArrivalArgument.poisson

    @Flag(help: "Open a new connection for each request.")
    var noKeepalive = false

    @Option(
        help: ArgumentHelp("Give a request up when it takes longer than this.", valueName: "time")
    )
    var timeout = SecondsArgument(nanoseconds: DurationArgument.thirtySeconds.nanoseconds)

    func validate() throws {
        if let connections, !(1...65_000).contains(connections) {
            throw ValidationError("--connections takes a number from 1 to 65000.")
        }
        if let requests, !(1...100_000_000).contains(requests) {
            throw ValidationError("--requests takes a number from 1 to 100000000.")
        }
        if requests != nil, duration != nil {
            throw ValidationError("--requests and --duration both say how long the load goes on.")
        }
        if let duration, duration.nanoseconds <= 0 {
            throw ValidationError("--duration takes a time of more than nothing.")
        }
        if timeout.nanoseconds <= 0 {
            throw ValidationError("--timeout takes a time of more than nothing.")
        }
    }
}
