import Editing
import Testing

@testable import TraceFormat

@Suite struct RepairAccountTests {
    @Test func whatIsLostIsAddedUp() {
        var known = LostPart(offset: 900, byteCount: 50)
        known.recordCount = 12
        known.exchangeCount = 10
        let unknown = LostPart(offset: 100, byteCount: 7)
        let account = RepairAccount([.unfinished], [known, unknown], of: "exchanges")
        #expect(account.lostParts.map(\.offset) == [100, 900])
        var ledger = Ledger()
        account.add(to: &ledger, wasFinished: false)
        #expect(ledger["repair", "unfinished_files"] == 1)
        #expect(ledger["repair", "lost_parts"] == 2)
        #expect(ledger["repair", "lost_bytes"] == 57)
        #expect(ledger["repair", "lost_exchanges"] == 10)
        #expect(ledger["repair", "parts_of_unknown_content"] == 1)
    }
}
