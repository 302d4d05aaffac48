public import TraceFormat

/// What was lost of a file that was repaired.
public struct RepairAccount: Equatable, Sendable {
    /// What was found wrong.
    public let damage: [FileDamage]
    /// The parts that could not be read, in the order of the file.
    public let lostParts: [LostPart]
    /// What the file holds: `exchanges` or `outcomes`.
    public let what: String
    /// How many of them were saved.
    public var kept: UInt64 = 0

    /// Takes what a reader found.
    public init(_ damage: [FileDamage], _ losses: [LostPart], of what: String) {
        self.damage = damage
        lostParts = losses.sorted { $0.offset < $1.offset }
        self.what = what
    }

    /// Notes in the ledger of the repaired file what it lacks.
    public func add(to ledger: inout Ledger, wasFinished: Bool) {
        ledger["repair", "unfinished_files"] = wasFinished ? 0 : 1
        ledger["repair", "lost_parts"] = UInt64(lostParts.count)
        ledger["repair", "lost_bytes"] = lostParts.reduce(0) {
            $0 + UInt64(clamping: $1.byteCount)
        }
        ledger["repair", "lost_\(what)"] = lostParts.reduce(0) {
            $0 + UInt64($1.exchangeCount ?? 0)
        }
        ledger["repair", "parts_of_unknown_content"] = UInt64(
            lostParts.count { $0.exchangeCount == nil }
        )
    }
}
