public import TraceFormat

/// A trace file and what is in it, as `info` tells it.
public struct TraceFile: Equatable, Sendable {
    /// The file's name.
    public var name: String
    /// The file's size in bytes.
    public var byteCount: Int64
    /// The format version.
    public var version: FormatVersion
    /// What the trace says of itself.
    public var info: TraceInfo
    /// Its totals.
    public var summary: TraceSummary
    /// What is in it.
    public var profile: TraceProfile
    /// What of the file could not be read.
    public var damage: [FileDamage]

    /// Puts the parts together.
    public init(
        name: String,
        byteCount: Int64,
        version: FormatVersion,
        info: TraceInfo,
        summary: TraceSummary,
        profile: TraceProfile,
        damage: [FileDamage]
    ) {
        self.name = name
        self.byteCount = byteCount
        self.version = version
        self.info = info
        self.summary = summary
        self.profile = profile
        self.damage = damage
    }

    /// The bytes of the file for each exchange; `nil` without exchanges.
    public var bytesPerExchange: Double? {
        summary.exchanges > 0 ? Double(byteCount) / Double(summary.exchanges) : nil
    }

    /// Exchanges in a second; `nil` when the trace has no duration.
    public var meanRate: Double? {
        summary.duration > 0 ? Double(summary.exchanges) / (Double(summary.duration) / 1e9) : nil
    }
}
