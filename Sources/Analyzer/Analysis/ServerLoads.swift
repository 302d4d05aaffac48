/// The requests that made the server load a module, as its log names them.
public struct ServerLoads: Sendable {
    private let keys: Set<UInt64>
    private let lineCount: Int

    /// How the loads of a log belong to a run.
    public struct Account: Equatable, Sendable {
        /// How many loads the log has.
        public let lines: Int
        /// How many requests of the run they belong to.
        public let requests: Int
        /// Whether the run knows its requests by the server's names at all.
        public let canBeJoined: Bool
    }

    /// How labels that were made without the log agree with it.
    public struct Agreement: Equatable, Sendable {
        /// Requests that were labelled as cold or shadow.
        public private(set) var labelled = 0
        /// Requests that loaded something.
        public private(set) var observed = 0
        /// Requests that are both.
        public private(set) var both = 0

        /// The share of the labels that are right; `nil` without one.
        public var precision: Double? { labelled == 0 ? nil : Double(both) / Double(labelled) }
        /// The share of the loads that were found; `nil` without one.
        public var recall: Double? { observed == 0 ? nil : Double(both) / Double(observed) }

        mutating func add(isLabelled: Bool, isObserved: Bool) {
            if isLabelled { labelled += 1 }
            if isObserved { observed += 1 }
            if isLabelled, isObserved { both += 1 }
        }
    }

    /// Takes the identifiers of the requests, one for each load.
    public init(requestIDs: [String]) {
        keys = Set(requestIDs.map(RequestRecord.key))
        lineCount = requestIDs.count
    }

    /// Whether a request loaded something.
    func contains(_ request: RequestRecord) -> Bool {
        request.requestKey != 0 && keys.contains(request.requestKey)
    }

    /// How the loads belong to these requests.
    func account(of records: ContiguousArray<RequestRecord>) -> Account {
        Account(
            lines: lineCount,
            requests: records.count { contains($0) },
            canBeJoined: records.contains { $0.requestKey != 0 }
        )
    }
}
