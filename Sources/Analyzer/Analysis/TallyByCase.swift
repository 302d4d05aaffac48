/// A value for each case, kept side by side, so that counting a million requests does not hash a million
/// times.
struct TallyByCase<Case: CaseIterable & RawRepresentable<UInt8> & Hashable, Value> {
    private var values: [Value]

    /// Starts with the same value for each case.
    init(_ value: Value) {
        let last = Case.allCases.map(\.rawValue).max() ?? 0
        values = Array(repeating: value, count: Int(last) + 1)
    }

    subscript(_ member: Case) -> Value {
        get { values[Int(member.rawValue)] }
        _modify { yield &values[Int(member.rawValue)] }
    }

    /// The values that are wanted, by case.
    func members(where isWanted: (Value) -> Bool) -> [Case: Value] {
        let members = Case.allCases.map { ($0, self[$0]) }.filter { isWanted($0.1) }
        return Dictionary(uniqueKeysWithValues: members)
    }
}
