internal import TraceFormat

/// What the analysis keeps of one outcome: small, so that a million of them fit in memory.
///
/// Times come from a file that may say anything, so their differences wrap instead of trapping;
/// nonsense is caught by the validity checks. What is large stands first, so that nothing is filled up.
struct RequestRecord {
    let index: UInt64
    let due: Int64
    private let sentOrNone: Int64
    private let endOrNone: Int64
    private let blocked: Int64
    private let residualOrNone: Int64
    /// Stands for the identifier that the server gave the request; zero if it gave none.
    let requestKey: UInt64
    let answer: Answer
    /// The position of the request's route in the order in which routes were first seen.
    let route: Int32
    /// The position of the module that answers in the order in which modules were first seen; `nil` if none does.
    let module: Int32?
    let ending: Ending
    /// Zero if no status line came.
    let status: UInt16
    /// What the answer itself says of a load; `nil` if it says nothing.
    let marker: LoadMarker?
    var label: TemperatureLabel?

    /// Stands for a time that there is not.
    private static let none = Int64.min

    /// How a request ended, as far as statistics care.
    enum Ending: Equatable {
        /// A whole response that counts as success, see ``RequestRecord/isSuccess(status:recorded:)``.
        case succeeded
        /// A whole response with a status that does not.
        case rejected
        case failed(Outcome.Failure)
        case censored(Outcome.Censoring)
        case unsent(Outcome.UnsentReason)
    }

    // The outcome is borrowed, because a copy of each would take longer than the rest.
    init(
        _ outcome: borrowing Outcome,
        route: Int32,
        module: Int32?,
        hasVolatileBody: Bool = false,
        marker: LoadMarker? = nil
    ) {
        self.marker = marker
        answer = Answer(outcome, isVolatile: hasVolatileBody)
        index = outcome.index
        due = outcome.due
        self.route = route
        self.module = module
        status = outcome.status ?? 0
        requestKey = outcome.requestID.map(Self.key) ?? 0
        sentOrNone = outcome.sent ?? Self.none
        endOrNone = outcome.end ?? Self.none
        blocked = outcome.blocked
        residualOrNone = Self.residual(of: outcome) ?? Self.none
        ending =
            switch outcome.result {
            case .completed:
                Self.isSuccess(status: outcome.status, recorded: outcome.recordedStatus)
                    ? .succeeded : .rejected
            case .failed(let failure): .failed(failure)
            case .censored(let reason): .censored(reason)
            case .unsent(let reason): .unsent(reason)
            }
    }

    private static func residual(of outcome: borrowing Outcome) -> Int64? {
        guard let milliseconds = outcome.serverMilliseconds, let sent = outcome.sent,
            let firstByte = outcome.firstByte
        else { return nil }
        return firstByte &- sent &- Int64(clamping: milliseconds) &* 1_000_000
    }

    /// A number for a request's identifier (FNV-1a), so that records stay small: two of a million
    /// identifiers share one with a probability of one in thirty million.
    static func key(ofRequestID text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } | 1
    }

    /// Whether a whole response counts as success.
    ///
    /// It does with a status under 400, and with the very client error that the recording shows,
    /// for then the target did what production did. 429 and everything from 500 never do: fast
    /// refusals must not make a percentile look better.
    static func isSuccess(status: UInt16?, recorded: UInt16?) -> Bool {
        guard let status else { return false }
        return status < 400 || (status < 500 && status != 429 && status == recorded)
    }

    var sent: Int64? { sentOrNone == Self.none ? nil : sentOrNone }
    var end: Int64? { endOrNone == Self.none ? nil : endOrNone }
    var responseTime: Int64? { end.map { $0 &- due } }
    var lag: Int64? { sent.map { $0 &- due } }
    var blockedTime: Int64? { sent.map { _ in blocked } }
    var clientLag: Int64? { sent.map { $0 &- due &- blocked } }

    var serviceTime: Int64? {
        guard let sent, let end else { return nil }
        return end &- sent
    }

    /// Whether a module had to be loaded; `nil` for what the server itself answers.
    var temperature: Temperature? { label?.temperature }

    /// Whether it is known not to have waited for a module's load.
    var isSteady: Bool {
        switch temperature {
        case nil, .warm, .script: true
        case .cold, .shadow, .refused, .unknown: false
        }
    }

    /// The time to the first byte less what the module took by the server's word, in nanoseconds:
    /// queueing, loading and the network, to whole milliseconds.
    var residual: Int64? { residualOrNone == Self.none ? nil : residualOrNone }

    var isCompleted: Bool { ending == .succeeded || ending == .rejected }

    var isCensored: Bool {
        if case .censored = ending { true } else { false }
    }

    var isUnsent: Bool {
        if case .unsent = ending { true } else { false }
    }

    /// Whether the target answered 429 or 503 instead of doing the work.
    var isRefusal: Bool { ending == .rejected && (status == 429 || status == 503) }

    /// Whether the target saw the request, as far as the client can know.
    var reachedTarget: Bool {
        switch ending {
        case .unsent: false
        case .failed(let failure): sent != nil && !failure.isConnectFailure
        default: sent != nil
        }
    }

    /// A number that is equal for two records exactly if their labels are.
    var labelKey: Int {
        switch ending {
        case .succeeded, .rejected: Int(status)
        case .failed(let failure): 1 << 16 + Int(failure.rawValue)
        case .censored(let reason): 2 << 16 + Int(reason.rawValue)
        case .unsent: 3 << 16
        }
    }

    /// The status or the name of the failure, for tables.
    var endingName: String {
        switch ending {
        case .succeeded, .rejected: String(status)
        case .failed(let failure): failure.name
        case .censored(let reason): reason.name
        case .unsent: "unsent"
        }
    }
}
