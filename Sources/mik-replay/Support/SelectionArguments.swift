import ArgumentParser
import Editing
import HTTPWire
import SeededRandom

/// How long exchanges took: `>100ms`, `<1s`, or `100ms..1s`.
struct DurationRangeArgument: ExpressibleByArgument {
    /// In nanoseconds.
    let range: Range<Int64>

    init?(argument: String) {
        if let slice = SliceArgument(argument: argument) {
            range = slice.range
            return
        }
        guard let sign = argument.first, "<>".contains(sign),
            let limit = DurationArgument(argument: String(argument.dropFirst()))
        else { return nil }
        range = sign == "<" ? .min..<limit.nanoseconds : limit.nanoseconds &+ 1..<Int64.max
    }
}

/// A time by which something is moved: `5m`, `-250ms`.
struct ShiftArgument: ExpressibleByArgument {
    let nanoseconds: Int64

    init?(argument: String) {
        let isNegative = argument.hasPrefix("-")
        let length = DurationArgument(argument: String(argument.dropFirst(isNegative ? 1 : 0)))
        guard let length else { return nil }
        nanoseconds = isNegative ? -length.nanoseconds : length.nanoseconds
    }
}

/// Numbers of connections: `7`, `3-9`, or a list of both.
struct ConnectionsArgument: ExpressibleByArgument {
    let ranges: [ClosedRange<UInt64>]

    init?(argument: String) {
        var ranges: [ClosedRange<UInt64>] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { UInt64($0) }
            guard (1...2).contains(numbers.count), let first = numbers[0],
                let last = numbers[numbers.count - 1], first <= last
            else { return nil }
            ranges.append(first...last)
        }
        self.ranges = ranges
    }
}

/// A share: `10%`, or `0.1`.
struct ShareArgument: ExpressibleByArgument {
    let share: Double

    init?(argument: String) {
        let isPercentage = argument.hasSuffix("%")
        guard let number = Double(isPercentage ? String(argument.dropLast()) : argument) else {
            return nil
        }
        share = isPercentage ? number / 100 : number
        guard share > 0, share <= 1 else { return nil }
    }
}

/// A factor by which time goes on longer: `2x`, `0.5x`.
struct FactorArgument: ExpressibleByArgument {
    let factor: Double

    init?(argument: String) {
        let number = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
        guard let factor = Double(number), factor.isFinite, factor > 0 else { return nil }
        self.factor = factor
    }
}

/// A pattern for requests, such as `GET /run/cart/*`.
struct RouteArgument: ExpressibleByArgument {
    let glob: RequestGlob

    init?(argument: String) {
        guard let glob = RequestGlob(argument) else { return nil }
        self.glob = glob
    }
}

/// Statuses: `404`, `4xx`, `500-599` or `none`.
struct StatusArgument: ExpressibleByArgument {
    let pattern: StatusPattern

    init?(argument: String) {
        guard let pattern = StatusPattern(argument) else { return nil }
        self.pattern = pattern
    }
}

/// Which exchanges are kept: options of one kind are alternatives, and one of each kind must hold.
struct EditSelectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep requests like 'GET /run/cart/*'; the method may be missing.",
            valueName: "pattern"
        )
    )
    var route: [RouteArgument] = []

    @Option(help: ArgumentHelp("Leave such requests out.", valueName: "pattern"))
    var exceptRoute: [RouteArgument] = []

    @Option(help: ArgumentHelp("Keep requests with this method.", valueName: "name"))
    var method: [String] = []

    @Option(help: ArgumentHelp("Leave requests with this method out.", valueName: "name"))
    var exceptMethod: [String] = []

    @Option(
        help: ArgumentHelp(
            "Keep exchanges with a status: 404, 4xx, 500-599, or none for those without a "
                + "response.",
            valueName: "status"
        )
    )
    var status: [StatusArgument] = []

    @Option(help: ArgumentHelp("Leave exchanges with such a status out.", valueName: "status"))
    var exceptStatus: [StatusArgument] = []

    @Option(
        help: ArgumentHelp(
            "Keep requests that began in this part of the recording, such as 37m..40m.",
            valueName: "from..to"
        )
    )
    var time: [SliceArgument] = []

    @Option(help: ArgumentHelp("Leave requests of this part out.", valueName: "from..to"))
    var exceptTime: [SliceArgument] = []

    @Option(
        help: ArgumentHelp(
            "Keep connections by their number: 7, 3-9, or a list.",
            valueName: "numbers"
        )
    )
    var connection: [ConnectionsArgument] = []

    @Option(help: ArgumentHelp("Leave such connections out.", valueName: "numbers"))
    var exceptConnection: [ConnectionsArgument] = []

    @Option(
        help: ArgumentHelp(
            "Keep exchanges that took so long: '>100ms', '<1s', 100ms..1s.",
            valueName: "duration"
        )
    )
    var duration: [DurationRangeArgument] = []

    @Option(help: ArgumentHelp("Leave such exchanges out.", valueName: "duration"))
    var exceptDuration: [DurationRangeArgument] = []

    @Option(
        help: ArgumentHelp(
            "Keep this part of the recording, as if it had begun and ended there.",
            valueName: "from..to"
        )
    )
    var slice: SliceArgument?

    @Option(help: ArgumentHelp("Keep this share of the connections.", valueName: "10%"))
    var sample: ShareArgument?

    @Option(help: "The seed of the sample.")
    var seed: UInt64 = 1

    /// The selection that the options stand for.
    var selection: Selection {
        var selection = Selection()
        selection.wanted = Self.conditions(route, method, status, time, connection, duration)
        selection.unwanted = Self.conditions(
            exceptRoute,
            exceptMethod,
            exceptStatus,
            exceptTime,
            exceptConnection,
            exceptDuration
        )
        selection.slice = slice?.range
        selection.sample = sample.map { ConnectionSample(share: $0.share, seed: seed) }
        return selection
    }

    private static func conditions(
        _ routes: [RouteArgument],
        _ methods: [String],
        _ statuses: [StatusArgument],
        _ times: [SliceArgument],
        _ connections: [ConnectionsArgument],
        _ durations: [DurationRangeArgument]
    ) -> [Condition] {
        routes.map { .route($0.glob) } + methods.map { .method($0) }
            + statuses.map { .status($0.pattern) }
            + times.map { .time($0.range) }
            + connections.flatMap(\.ranges).map { .connection($0) }
            + durations.map { .duration($0.range) }
    }
}
