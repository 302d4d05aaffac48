public import ArgumentParser
public import Replayer

/// The options that say by what the times of a replay are made.
struct PaceOptions: ParsableArguments {
    // Unconditionally, so that -1x is told to be no speed, and not to be an unknown option.
    @Option(
        parsing: .unconditional,
        help: "How fast to play: a positive factor such as 4x or 0.5, or max (default: 1x)."
    )
    var speed: SpeedArgument?

    @Option(
        help: """
            arrival: each request at its recorded time ÷ speed. think: each at its recorded time \
            after the previous response on its connection.
            """
    )
    var pace = PaceArgument.arrival

    @Option(
        help: ArgumentHelp(
            "Keep the order, and make new times at this rate, such as 500/s.",
            valueName: "rate"
        )
    )
    var rate: RateArgument?

    @Option(
        help: ArgumentHelp(
            "The same with a rate that changes: '10/s..2000/s over 60s'.",
            valueName: "rates"
        )
    )
    var ramp: RampArgument?

    @Option(help: "How long the rate of --ramp changes, if it does not say so itself.")
    var over: DurationArgument?

    @Option(help: "How the times of --rate and --ramp are spread: exponential, or uniform.")
    var spacing = Spacing.exponential

    func validate() throws {
        let makesTimes = rate != nil || ramp != nil
        guard rate == nil || ramp == nil else {
            throw ValidationError("--rate and --ramp both say how many requests are due.")
        }
        guard !makesTimes || speed == nil && pace == .arrival else {
            throw ValidationError(
                "--rate and --ramp make new times; --speed and --pace need the recorded ones."
            )
        }
        guard pace == .arrival || speed?.speed != .maximum else {
            throw ValidationError("--speed max leaves no time to think; leave --pace think out.")
        }
        if let ramp {
            guard (ramp.duration == nil) != (over == nil) else {
                throw ValidationError(
                    "--ramp takes how long it is, once: '10/s..2000/s over 60s', or --over 60s."
                )
            }
        } else if over != nil {
            throw ValidationError("--over says how long a --ramp is.")
        }
    }

    /// The pace that the options ask for.
    var value: Pace {
        if let rate { return .rate(ArrivalRate(perSecond: rate.perSecond), spacing) }
        if let ramp {
            let duration = ramp.duration ?? over?.nanoseconds ?? 0
            let rate = ArrivalRate(from: ramp.initial, to: ramp.final, over: duration)
            return .rate(rate, spacing)
        }
        switch speed?.speed ?? .factor(1) {
        case .maximum: return .maximum
        case .factor(let factor):
            return pace == .think ? .think(speed: factor) : .arrival(speed: factor)
        }
    }

    /// The pace as a part of a file's name.
    var fileName: String {
        let text = value.text
        if Double(text) != nil { return text + "x" }
        return String(text.map { $0 == " " || $0 == "/" ? "-" : $0 })
    }
}

/// Whether recorded times count from the start, or from the response before.
enum PaceArgument: String, ExpressibleByArgument, CaseIterable {
    case arrival, think
}

extension Spacing: ExpressibleByArgument {}
