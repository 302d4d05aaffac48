/// Some of many records, by their positions.
struct SelectedRecords: Sequence, IteratorProtocol {
    private let records: ContiguousArray<RequestRecord>
    private let positions: [Int]
    private var place = 0

    init(_ records: ContiguousArray<RequestRecord>, at positions: [Int]) {
        self.records = records
        self.positions = positions
    }

    mutating func next() -> RequestRecord? {
        guard place < positions.count else { return nil }
        defer { place += 1 }
        return records[positions[place]]
    }
}
