public import ArgumentParser
public import Replayer

/// How the bodies of requests leave.
enum BodyPacing: String, CaseIterable, ExpressibleByArgument {
    case atOnce = "at-once"
    case recorded
}

/// A speed: a positive factor such as `4x` or `0.5`, or `max`.
struct SpeedArgument: ExpressibleByArgument, Equatable {
    /// What was asked for.
    enum Speed: Equatable {
        case factor(Double)
        case maximum
    }

    let speed: Speed

    init?(argument: String) {
        if argument == "max" {
            speed = .maximum
            return
        }
        let number = argument.hasSuffix("x") ? String(argument.dropLast()) : argument
        guard let factor = Double(number), factor.isFinite, factor > 0 else { return nil }
        speed = .factor(factor)
    }
}

/// A rate: `500/s`, `0.5/s`, `90/m`, `10/h`.
struct RateArgument: ExpressibleByArgument, Equatable {
    let perSecond: Double

    init?(argument: String) {
        guard let rate = Self.parse(argument[...]), rate > 0 else { return nil }
        perSecond = rate
    }

    /// Reads a rate of zero or more, in requests per second.
    static func parse(_ text: Substring) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units = ["s": 1.0, "m": 60, "h": 3600]
        guard parts.count == 2, let unit = units[String(parts[1])],
            let number = Double(parts[0]), number >= 0, number <= 1e9
        else { return nil }
        return number / unit
    }
}

/// A rate that changes: `10/s..2000/s over 60s`, or without its last part.
struct RampArgument: ExpressibleByArgument {
    let initial: Double
    let final: Double
    /// In nanoseconds; `nil` if it was not given here.
    let duration: Int64?

    init?(argument: String) {
        let words = argument.split(separator: " ")
        guard let separator = words.first?.firstRange(of: ".."),
            let initial = RateArgument.parse(words[0][..<separator.lowerBound]),
            let final = RateArgument.parse(words[0][separator.upperBound...]), final > 0
        else { return nil }
        switch words.count {
        case 1: duration = nil
        case 3 where words[1] == "over":
            guard let time = DurationArgument(argument: String(words[2])) else { return nil }
            duration = time.nanoseconds
        default: return nil
        }
        self.initial = initial
        self.final = final
    }
}

/// A part of a trace by its times: `37m..40m`, `30s..`, `..1h`.
struct SliceArgument: ExpressibleByArgument {
    /// In nanoseconds since the first request.
    let range: Range<Int64>

    init?(argument: String) {
        guard let separator = argument.firstRange(of: ".."),
            let start = Self.time(argument[..<separator.lowerBound], or: 0),
            let end = Self.time(argument[separator.upperBound...], or: .max), start < end
        else { return nil }
        range = start..<end
    }

    private static func time(_ text: Substring, or missing: Int64) -> Int64? {
        if text.isEmpty { return missing }
        if text == "0" { return 0 }
        return DurationArgument(argument: String(text))?.nanoseconds
    }
}

/// One of several parts of the connections: `2/4`.
struct ShardArgument: ExpressibleByArgument {
    let shard: Shard

    init?(argument: String) {
        guard let shard = Shard(argument) else { return nil }
        self.shard = shard
    }
}

/// A condition on the share of errors: `errors>5%`.
struct ErrorShareArgument: ExpressibleByArgument {
    /// From 0 to 1.
    let share: Double

    init?(argument: String) {
        let text = argument.filter { $0 != " " }
        let start = "errors>"
        guard text.hasPrefix(start), text.hasSuffix("%"),
            let percent = Double(text.dropFirst(start.count).dropLast()),
            (0..<100).contains(percent)
        else { return nil }
        share = percent / 100
    }
}

/// A time of day: `2026-11-26T10:00:00Z`, or seconds since the start of 1970.
struct StartTimeArgument: ExpressibleByArgument {
    /// In nanoseconds since the start of 1970.
    let unixTime: Int64

    init?(argument: String) {
        if let seconds = Double(argument), seconds > 0, seconds < 9e9 {
            unixTime = Int64(seconds * 1e9)
            return
        }
        guard argument.hasSuffix("Z"), argument.utf8.count == 20 else { return nil }
        let numbers = argument.dropLast().split { "-T:".contains($0) }.map { Int64($0) ?? -1 }
        guard numbers.count == 6, (1970...2200).contains(numbers[0]),
            (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
            (0...60).contains(numbers[5])
        else { return nil }
        let days = Self.days(year: numbers[0], month: numbers[1], day: numbers[2])
        let seconds = ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
        unixTime = seconds * 1_000_000_000
    }

    /// The days from the start of 1970 to a date: years begin in March here, so that the day that
    /// some years have more is their last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear - 719_468
    }
}

extension Spinning: ExpressibleByArgument {}
