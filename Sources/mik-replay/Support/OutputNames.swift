import Glibc

/// The names of the traces of a recording, made from a pattern for strftime(3).
///
///     day-%Y-%m-%d-%H.mtr     day-2026-11-25-23.mtr, day-2026-11-26-00.mtr, …
///     day.mtr                 day.mtr, day.2.mtr, day.3.mtr, …
///
/// A name that comes up a second time gets a number too, so that no trace replaces another one.
struct OutputNames {
    private let pattern: String
    private var lastName: String?
    private var repetitions = 1

    init(pattern: String) {
        self.pattern = pattern
    }

    /// The name of the next trace, which begins at this second of Unix time.
    mutating func next(at second: Int) -> String {
        let name = Self.expanded(pattern, at: second)
        guard name == lastName else {
            lastName = name
            repetitions = 1
            return name
        }
        repetitions += 1
        let folderEnd = name.lastIndex(of: "/") ?? name.startIndex
        let dot = name[folderEnd...].lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot]).\(repetitions)\(name[dot...])"
    }

    /// The pattern in local time; as it is without a `%`.
    private static func expanded(_ pattern: String, at second: Int) -> String {
        guard pattern.contains("%") else { return pattern }
        var (time, parts) = unsafe (time_t(second), tm())
        guard unsafe localtime_r(&time, &parts) != nil else { return pattern }
        var text = [CChar](repeating: 0, count: pattern.utf8.count * 16 + 256)
        let count = unsafe strftime(&text, text.count, pattern, &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
