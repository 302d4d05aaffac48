/// Nanoseconds since 1970-01-01 as text of ISO 8601, and back.
///
/// Written by hand because Foundation's dates are floating-point numbers, which lose nanoseconds.
package enum UnixTime {
    private static let second: Int64 = 1_000_000_000
    private static let day: Int64 = 86_400 * second

    /// The form with nanoseconds in UTC: `1994-11-06T08:49:37.000000000Z`.
    package static func text(_ nanoseconds: Int64) -> String {
        var (days, rest) = nanoseconds.quotientAndRemainder(dividingBy: day)
        if rest < 0 { (days, rest) = (days - 1, rest + day) }
        let date = civilDate(ofDay: days)
        let seconds = rest / second
        return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
            + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
            + padded(seconds % 60, 2) + "." + padded(rest % second, 9) + "Z"
    }

    /// Reads a date and time with an offset from UTC (`Z`, `+02:00`); digits behind the ninth of a
    /// fraction are cut off.
    ///
    /// - Returns: The time; `nil` when it is none, or beyond what 64 bits can count.
    static func nanoseconds(_ text: some StringProtocol) -> Int64? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"),
            let month = scanner.number(2), (1...12).contains(month), scanner.skip("-"),
            let dayOfMonth = scanner.number(2), (1...31).contains(dayOfMonth),
            scanner.skip("T") || scanner.skip(" "),
            let hour = scanner.number(2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(2), minute < 60
        else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if scanner.skip(":") {
            guard let whole = scanner.number(2), whole <= 60 else { return nil }
            seconds = whole
            if scanner.skip(".") || scanner.skip(",") {
                guard let digits = scanner.fraction(9) else { return nil }
                fraction = digits
            }
        }
        guard let offset = scanner.offsetFromUTC(), scanner.isAtEnd else { return nil }
        let days = daysSince1970(year: year, month: month, day: dayOfMonth)
        seconds += days * 86_400 + hour * 3600 + (minute - offset) * 60
        let (product, overflowed) = seconds.multipliedReportingOverflow(by: second)
        let (sum, overflowedAgain) = product.addingReportingOverflow(fraction)
        return overflowed || overflowedAgain ? nil : sum
    }

    /// From "chrono-Compatible Low-Level Date Algorithms" by Howard Hinnant: years from March, so
    /// that a leap day is a year's last day, in eras of 400 years.
    private static func civilDate(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Reads numbers of a fixed width from a text.
private struct DigitScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) {
        rest = Array(text.utf8)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// A number of exactly so many digits.
    mutating func number(_ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var number: Int64 = 0
        for byte in rest.prefix(digits) {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        rest = rest.dropFirst(digits)
        return number
    }

    /// The digits of a fraction as a whole number of its smallest place; later ones are skipped.
    mutating func fraction(_ places: Int) -> Int64? {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var number: Int64 = 0
        for place in 0..<places {
            let digit = place < digits.count ? digits[digits.startIndex + place] - 0x30 : 0
            number = number * 10 + Int64(digit)
        }
        return number
    }

    /// Minutes east of UTC.
    mutating func offsetFromUTC() -> Int64? {
        if skip("Z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+"), let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
