public import HTTPWire
public import SeededRandom
public import TraceFormat

/// One thing that an exchange can be asked.
public enum Condition: Sendable {
    /// The request matches a pattern.
    case route(RequestGlob)
    /// The request has this method, case included.
    case method(String)
    /// The response has a status like this.
    case status(StatusPattern)
    /// The request began in this part of recorded time, in nanoseconds.
    case time(Range<Int64>)
    /// The connection has one of these numbers in its trace.
    case connection(ClosedRange<UInt64>)
    /// The exchange took so many nanoseconds, from the first byte of the request to the last of the
    /// response.
    case duration(Range<Int64>)

    /// What conditions of a kind ask for; an exchange has to meet one of each kind.
    public enum Kind: Int, CaseIterable, Sendable {
        case route, method, status, time, connection, duration

        /// The name in the ledger and of the option.
        public var name: String { "\(self)" }
    }

    /// The kind of this condition.
    public var kind: Kind {
        switch self {
        case .route: .route
        case .method: .method
        case .status: .status
        case .time: .time
        case .connection: .connection
        case .duration: .duration
        }
    }

    /// Whether an exchange meets the condition whose request began at this recorded time.
    func isMet(by exchange: Exchange, at recordedTime: Int64) -> Bool {
        switch self {
        case .route(let glob): glob.matches(requestHead: exchange.request.head)
        case .method(let method):
            exchange.request.head[StartLine(ofRequest: exchange.request.head).first]
                .elementsEqual(method.utf8)
        case .status(let pattern): pattern.matches(exchange.response?.status)
        case .time(let range): range.contains(recordedTime)
        case .connection(let numbers): numbers.contains(exchange.connection)
        case .duration(let range): exchange.duration.map(range.contains) ?? false
        }
    }
}

extension Exchange {
    /// From the first byte of the request to the last byte of the response, in nanoseconds; `nil`
    /// without a response.
    public var duration: Int64? {
        response.map { $0.message.lastByteTime &- request.firstByteTime }
    }
}

/// Some statuses: `404`, `4xx`, `500-599`, or `none` for exchanges without a response.
public struct StatusPattern: Equatable, Sendable {
    private let range: ClosedRange<UInt16>?

    /// Reads a pattern; `nil` when it is none.
    public init?(_ text: String) {
        if text == "none" {
            range = nil
            return
        }
        if text.count == 3, text.hasSuffix("xx"), let hundreds = text.first?.wholeNumberValue,
            (1...9).contains(hundreds)
        {
            let first = UInt16(hundreds) * 100
            range = first...first + 99
            return
        }
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map {
            UInt16($0)
        }
        guard (1...2).contains(numbers.count), let first = numbers[0],
            let last = numbers[numbers.count - 1], first >= 100, first <= last, last <= 999
        else { return nil }
        range = first...last
    }

    /// Whether a response has such a status; `nil` is no response.
    func matches(_ status: UInt16?) -> Bool {
        guard let range else { return status == nil }
        return status.map(range.contains) ?? false
    }
}

/// Which exchanges an edit keeps.
public struct Selection: Sendable {
    /// Why an exchange was left out.
    public enum Reason: Hashable, Sendable {
        /// Its connection is not in the sample.
        case sample
        /// It began outside of the slice.
        case slice
        /// It meets no wanted condition of this kind.
        case wanted(Condition.Kind)
        /// It meets an unwanted condition of this kind.
        case unwanted(Condition.Kind)

        /// The name in the ledger.
        public var name: String {
            switch self {
            case .sample: "left_out_by_sample"
            case .slice: "left_out_by_slice"
            case .wanted(let kind): "left_out_by_\(kind.name)"
            case .unwanted(let kind): "left_out_by_except_\(kind.name)"
            }
        }

        /// All reasons in the order in which they are asked.
        public static let all: [Reason] =
            [.sample, .slice] + Condition.Kind.allCases.map { .wanted($0) }
            + Condition.Kind.allCases.map { .unwanted($0) }
    }

    /// An exchange has to meet one of those of each kind.
    public var wanted: [Condition] = []
    /// An exchange must meet none of them.
    public var unwanted: [Condition] = []
    /// The part of recorded time that is kept, as if the recording had begun and ended there.
    public var slice: Range<Int64>?
    /// The share of connections that is kept.
    public var sample: ConnectionSample?

    /// Keeps everything.
    public init() {}

    /// The end of the slice in recorded time, if it has one.
    var sliceEnd: Int64? { slice.flatMap { $0.upperBound == .max ? nil : $0.upperBound } }

    /// Whether everything is kept, connections without exchanges too.
    var keepsEverything: Bool {
        wanted.isEmpty && unwanted.isEmpty && slice == nil && sample == nil
    }

    /// Why an exchange is left out; `nil` when it is kept.
    func reasonToLeaveOut(
        _ exchange: Exchange,
        at recordedTime: Int64,
        input: Int
    ) -> Reason? {
        if let sample, !sample.contains(connection: exchange.connection, input: input) {
            return .sample
        }
        if let slice, !slice.contains(recordedTime) { return .slice }
        var unmet = Set(wanted.map(\.kind))
        for condition in wanted where unmet.contains(condition.kind) {
            if condition.isMet(by: exchange, at: recordedTime) { unmet.remove(condition.kind) }
        }
        if let kind = unmet.min(by: { $0.rawValue < $1.rawValue }) { return .wanted(kind) }
        return unwanted.first { $0.isMet(by: exchange, at: recordedTime) }
            .map { .unwanted($0.kind) }
    }
}
