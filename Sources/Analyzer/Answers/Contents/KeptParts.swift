public import TraceFormat

extension RunInfo {
    /// The names of the header fields that the run keeps of each answer, in lower case; empty if it
    /// keeps the usual ones alone, and no bodies.
    public var keptFields: [String] {
        (environment["kept_fields"] ?? "").split(separator: ",").map { name in
            name.filter { $0 != " " }
        }
    }

    /// The names of those fields that another run keeps, too.
    public func keptFields(with other: RunInfo) -> [String] {
        let others = Set(other.keptFields)
        return keptFields.filter(others.contains)
    }
}
