public import TraceFormat

/// How much was replaced.
public struct RedactionCounts: Equatable, Sendable {
    /// Fields of heads and trailers.
    public var fields: UInt64 = 0
    /// Values of parameters in URLs and forms.
    public var queryValues: UInt64 = 0
    /// Strings and numbers in JSON bodies.
    public var jsonValues: UInt64 = 0
    /// Bodies that could have held something sensitive, but were not there to be looked into or
    /// could not be understood: their bytes are left out and their fingerprints replaced.
    public var sealedBodies: UInt64 = 0

    /// Starts with nothing.
    public init() {}

    /// Puts the counts into a ledger, as the group `redacted`.
    public func write(to ledger: inout Ledger) {
        ledger["redacted", "fields"] = fields
        ledger["redacted", "query_values"] = queryValues
        ledger["redacted", "json_values"] = jsonValues
        ledger["redacted", "sealed_bodies"] = sealedBodies
    }
}
