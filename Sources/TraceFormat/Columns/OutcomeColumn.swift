/// The columns of a block of outcomes.
///
/// The raw values are the identifiers of the file.
enum OutcomeColumn: UInt64, CaseIterable {
    case facts = 1
    case indices = 2
    case connections = 3
    case sequences = 4
    case marks = 5
    case results = 6
    case details = 7
    case due = 8
    case blocked = 9
    case sent = 10
    case firstBytes = 11
    case ends = 12
    case connectDurations = 13
    case requestSizes = 14
    case headSizes = 15
    case bodySizes = 16
    case liveConnections = 17
    case statuses = 18
    case fingerprintNumbers = 19
    case recordedFingerprintNumbers = 20
    case fingerprints = 21
    case serverMilliseconds = 22
    case recordedStatuses = 23
    case handshakeDurations = 24
    case keptSizes = 25
    case keptBodySizes = 26
    case contentNumbers = 27
    case recordedContentNumbers = 28
    case texts = 32
    case keptFields = 48
    case keptBodies = 64
}

extension OutcomeColumn {
    /// Whether this version has a column with this identifier.
    static func isKnown(_ identifier: UInt64) -> Bool {
        OutcomeColumn(rawValue: identifier) != nil || textGroup(of: identifier) != nil
    }

    /// The group of texts that has a column with this identifier.
    private static func textGroup(of identifier: UInt64) -> OutcomeColumn? {
        [texts, keptFields, keptBodies].first { group in
            identifier >= group.rawValue && identifier < group.rawValue + TextColumn.count
        }
    }

    /// The name of the column with this identifier, for people.
    static func name(_ identifier: UInt64) -> String {
        if let group = textGroup(of: identifier) {
            return "\(group.word) \(TextColumn.name(identifier - group.rawValue))"
        }
        return OutcomeColumn(rawValue: identifier).map(\.word) ?? "column \(identifier)"
    }

    private var word: String {
        switch self {
        case .facts: "facts"
        case .indices, .connections, .sequences: "places in the trace"
        case .marks, .results, .details: "results"
        case .due: "due"
        case .blocked: "blocked"
        case .sent: "sent"
        case .firstBytes: "first bytes"
        case .ends: "ends"
        case .connectDurations, .handshakeDurations: "connect durations"
        case .requestSizes, .headSizes, .bodySizes, .keptSizes, .keptBodySizes: "sizes"
        case .liveConnections: "live connections"
        case .statuses, .recordedStatuses: "statuses"
        case .fingerprintNumbers, .recordedFingerprintNumbers, .fingerprints, .contentNumbers,
            .recordedContentNumbers:
            "fingerprints"
        case .serverMilliseconds: "server milliseconds"
        case .texts: "text"
        case .keptFields: "kept field"
        case .keptBodies: "kept body"
        }
    }
}

/// The fields of texts of an outcome.
enum OutcomeText {
    static let method = 0
    static let target = 1
    static let requestID = 2
    static let count = 3
}

/// The bits that say which of an outcome's optional fields it has; they are those of version 1.
enum OutcomeMark {
    static let liveConnection: Int64 = 1 << 0
    static let sent: Int64 = 1 << 1
    static let firstByte: Int64 = 1 << 2
    static let end: Int64 = 1 << 3
    static let connectDuration: Int64 = 1 << 4
    static let status: Int64 = 1 << 5
    static let fingerprint: Int64 = 1 << 6
    static let serverMilliseconds: Int64 = 1 << 7
    static let requestID: Int64 = 1 << 8
    static let recordedStatus: Int64 = 1 << 9
    static let recordedFingerprint: Int64 = 1 << 10
    static let all: Int64 = (1 << 11) - 1
}
