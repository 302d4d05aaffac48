internal import TOMLKit

/// Reads a file of thresholds, described in docs/targets.md.
///
///     profile = "mik"                # optional: start with the built-in targets
///
///     [[threshold]]
///     route = "/run/cart"            # optional: a pattern or several; all requests without it
///     metric = "p99"
///     target = "< 10ms"
///     critical = "< 50ms"            # optional: then a missed target only warns
public struct TargetsFile {
    /// The thresholds in the order of the file.
    public let thresholds: [Threshold]

    /// The most bytes that a file may have.
    public static let sizeLimit = 1 << 20

    /// Reads the text of a file.
    public init(parsing text: String) throws(ThresholdError) {
        guard text.utf8.count <= Self.sizeLimit else {
            throw ThresholdError("the file has more than \(Self.sizeLimit) bytes")
        }
        let table = try Self.table(text)
        for key in table.keys where key != "profile" && key != "threshold" {
            throw ThresholdError(
                "'\(key.printable)' is not known here; a file has a profile and thresholds"
            )
        }
        let profile = try Self.profile(table)
        let lines = Self.linesOfThresholds(in: text)
        let entries = try Self.entries(table)
        var thresholds = profile
        for (position, entry) in entries.enumerated() {
            let line = lines.count == entries.count ? lines[position] : nil
            do throws(ThresholdError) {
                thresholds.append(try Self.threshold(entry))
            } catch {
                throw error.at(line: line)
            }
        }
        guard !thresholds.isEmpty else { throw ThresholdError("the file holds no threshold") }
        self.thresholds = thresholds
    }

    private static func table(_ text: String) throws(ThresholdError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ThresholdError(error.description, line: error.source.begin.line)
        } catch {
            throw ThresholdError("the file is no TOML: \(error)")
        }
    }

    private static func profile(_ table: TOMLTable) throws(ThresholdError) -> [Threshold] {
        guard let value = table["profile"] else { return [] }
        guard let name = value.string, let profile = Threshold.profiles[name] else {
            throw ThresholdError("there is no such profile; there is \"mik\"")
        }
        return profile
    }

    private static func entries(_ table: TOMLTable) throws(ThresholdError) -> [TOMLTable] {
        guard let value = table["threshold"] else { return [] }
        let tables = value.array?.compactMap(\.table)
        guard let tables, tables.count == value.array?.count else {
            throw ThresholdError("thresholds are written as [[threshold]]")
        }
        return tables
    }

    private static func threshold(_ entry: TOMLTable) throws(ThresholdError) -> Threshold {
        let known = ["route", "metric", "target", "critical"]
        for key in entry.keys where !known.contains(key) {
            throw ThresholdError(
                "'\(key.printable)' is not known in a threshold; there are \(known.joined(separator: ", "))"
            )
        }
        guard let name = try text("metric", of: entry) else {
            throw ThresholdError("a threshold has no metric")
        }
        guard let limit = try text("target", of: entry) else {
            throw ThresholdError("the threshold of \(name) has no target")
        }
        let metric = try ThresholdParser.metric(named: name[...])
        let (comparison, target) = try ThresholdParser.limit(limit[...], of: metric)
        var critical: Quantity?
        if let text = try text("critical", of: entry) {
            let limit = try ThresholdParser.limit(text[...], of: metric)
            let isBeyond =
                comparison.wantsLess
                ? limit.1.number >= target.number : limit.1.number <= target.number
            guard limit.0 == comparison, isBeyond else {
                throw ThresholdError("the critical limit of \(name) is not beyond its target")
            }
            critical = limit.1
        }
        let scope = ThresholdParser.scope((try text("route", of: entry) ?? "")[...])
        return Threshold(metric, of: scope, comparison, target, critical: critical)
    }

    private static func text(
        _ key: String,
        of entry: TOMLTable
    ) throws(ThresholdError) -> String? {
        guard let value = entry[key] else { return nil }
        guard let text = value.string else {
            throw ThresholdError("'\(key)' takes a text in quotes")
        }
        return text
    }

    /// The lines in which thresholds start, for errors; the TOML parser does not tell them.
    private static func linesOfThresholds(in text: String) -> [Int] {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return lines.indices.filter { index in
            lines[index].filter { !$0.isWhitespace }.hasPrefix("[[threshold]]")
        }.map { $0 + 1 }
    }
}

extension Threshold {
    /// The built-in sets of thresholds by name.
    public static let profiles: [String: [Threshold]] = ["mik": mik]
}
