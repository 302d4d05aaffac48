/// Reads thresholds as people write them.
///
///     threshold  = [ scope ] metric comparison limit      p99<50ms      /run/cart p50 < 5 ms
///     scope      = pattern *( "," pattern )               /run/cart     /run/*,/tenant/*
///     metric     = [ times "." ] percentile / "errors" / "rate"
///     times      = "response" / "service" / "cold" / "warm"
///     percentile = "p" digits [ "." digits ] / "max"      p50  p99  p99.9
///     comparison = "<" / "<=" / ">" / ">="
///     limit      = time / per cent / rate                 50ms  0.1%  500/s
///
/// White space around the parts does not matter. A route's name may hold anything: the scope ends
/// where the last word before the last comparison starts.
struct ThresholdParser {
    /// Reads one threshold.
    static func parse(_ text: String) throws(ThresholdError) -> Threshold {
        guard let mark = text.lastIndex(where: { "<>".contains($0) }) else {
            throw ThresholdError("'\(text)' has no comparison; write it like 'p99<50ms'")
        }
        guard let (scope, metric) = try subject(text[..<mark]) else {
            throw ThresholdError("'\(text)' names no metric; write it like 'p99<50ms'")
        }
        let (comparison, target) = try limit(text[mark...], of: metric)
        return Threshold(metric, of: scope, comparison, target)
    }

    /// Reads a scope and a metric; `nil` when there is nothing.
    static func subject(
        _ text: Substring
    ) throws(ThresholdError) -> (ThresholdScope, ThresholdMetric)? {
        let text = text.trimmed
        guard let name = text.split(whereSeparator: \.isWhitespace).last else { return nil }
        return (scope(text.dropLast(name.count).trimmed), try metric(named: name))
    }

    /// Reads a scope; nothing and `all` are everything.
    static func scope(_ text: Substring) -> ThresholdScope {
        guard !text.isEmpty, text != "all" else { return .all }
        return .routes(text.split(separator: ",").map { String($0.trimmed) })
    }

    /// Reads a metric.
    static func metric(named name: Substring) throws(ThresholdError) -> ThresholdMetric {
        switch name {
        case "errors": return .errors
        case "rate": return .rate
        default: break
        }
        let dot = name.first == "p" || name == "max" ? nil : name.firstIndex(of: ".")
        let prefix = dot.map { name[..<$0] } ?? ""
        let rest = dot.map { name[name.index(after: $0)...] } ?? name
        guard let times = ThresholdMetric.Times(rawValue: String(prefix)),
            (times == .headline) == (dot == nil), let quantile = Quantile(named: rest)
        else {
            throw ThresholdError(
                "'\(name)' is no metric; there are p50 and other percentiles, max, errors and "
                    + "rate, and of times response.p50, service.p50, cold.p50 and warm.p50"
            )
        }
        return .latency(times, quantile)
    }

    /// Reads a comparison and the limit behind it.
    static func limit(
        _ text: Substring,
        of metric: ThresholdMetric
    ) throws(ThresholdError) -> (Threshold.Comparison, Quantity) {
        let text = text.trimmed
        let sign = text.prefix { "<>=".contains($0) }
        guard let comparison = Threshold.Comparison(rawValue: String(sign)) else {
            throw ThresholdError("'\(text)' does not start with <, <=, > or >=")
        }
        let value = text.dropFirst(sign.count).filter { !$0.isWhitespace }
        return (comparison, try quantity(value, of: metric))
    }

    private static func quantity(
        _ text: String,
        of metric: ThresholdMetric
    ) throws(ThresholdError) -> Quantity {
        switch metric {
        case .latency:
            guard let time = TimeUnit.nanoseconds(parsing: text) else {
                throw ThresholdError("'\(text)' is no time above zero with a unit, such as 50ms")
            }
            return .nanoseconds(time)
        case .errors:
            guard text.hasSuffix("%"), let number = Double(text.dropLast()),
                (0...100).contains(number)
            else { throw ThresholdError("'\(text)' is no share in per cent, such as 0.1%") }
            return .share(number / 100)
        case .rate:
            guard text.hasSuffix("/s"), let number = Double(text.dropLast(2)), number.isFinite,
                number > 0
            else { throw ThresholdError("'\(text)' is no rate above zero, such as 500/s") }
            return .perSecond(number)
        }
    }
}

extension Threshold {
    /// Reads a threshold such as `p99<50ms` or `/run/cart p50<5ms`, described at
    /// ``ThresholdParser``.
    public init(parsing text: String) throws(ThresholdError) {
        self = try ThresholdParser.parse(text)
    }
}

/// A threshold that can't be understood: what is wrong, and in which line of a file.
public struct ThresholdError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, in one sentence without a full stop.
    public let reason: String
    /// The line of the file, counted from 1; `nil` if there is no file or the line is not known.
    public let line: Int?

    init(_ reason: String, line: Int? = nil) {
        self.reason = reason
        self.line = line
    }

    /// The line and the reason.
    public var description: String { line.map { "line \($0): \(reason)" } ?? reason }

    /// The same with a line, unless it has one.
    func at(line: Int?) -> ThresholdError {
        ThresholdError(reason, line: self.line ?? line)
    }
}

extension Quantile {
    /// Reads `p50`, `p99.9` (or, as in JSON, `p999`) and `max`; `nil` if it is none of them.
    init?(named name: Substring) {
        if name == "max" {
            self = .max
            return
        }
        let parts = name.dropFirst().split(
            separator: ".",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard name.first == "p", let first = parts.first,
            parts.count == 1 || (first.count <= 2 && !parts[1].isEmpty)
        else { return nil }
        var decimals = parts.count == 2 ? parts[1] : first.dropFirst(2)
        // The reports know a quantile by its shortest form.
        while decimals.last == "0" { decimals.removeLast() }
        let digits = first.prefix(2) + decimals
        guard decimals.count <= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let numerator = Int(digits), numerator > 0
        else { return nil }
        self.init(numerator, of: decimals.reduce(100) { value, _ in value * 10 })
    }
}

extension Substring {
    /// The text without white space at its ends.
    var trimmed: Substring {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
