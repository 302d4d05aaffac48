/// The columns of a block of records.
///
/// The raw values are the identifiers of the file.
enum TraceColumn: UInt64, CaseIterable {
    case facts = 1
    case kinds = 2
    case openingConnections = 3
    case openingTimes = 4
    case closingConnections = 5
    case closingTimes = 6
    case closers = 7
    case connections = 8
    case sequences = 9
    case ends = 10
    case marks = 11
    case requestTimes = 12
    case requestDurations = 13
    case responseTimes = 14
    case responseDurations = 15
    case statuses = 16
    case upstreamRequestTimes = 17
    case upstreamResponseTimes = 18
    case upstreamResponseEnds = 19
    case interimCounts = 20
    case interimTimes = 21
    case requestBodies = 32
    case responseBodies = 48
    case requestTexts = 64
    case responseTexts = 80
    case addresses = 96
}

extension TraceColumn {
    /// Whether this version has a column with this identifier.
    static func isKnown(_ identifier: UInt64) -> Bool {
        guard identifier >= requestBodies.rawValue else {
            return TraceColumn(rawValue: identifier) != nil
        }
        guard let group = TraceColumn(rawValue: identifier & ~0x0F) else { return false }
        let isBody = group == .requestBodies || group == .responseBodies
        return identifier & 0x0F < (isBody ? BodyColumn.count : TextColumn.count)
    }

    /// The name of the column with this identifier, for people.
    static func name(_ identifier: UInt64) -> String {
        if let column = TraceColumn(rawValue: identifier & ~0x0F), column.rawValue >= 32 {
            let offset = identifier - column.rawValue
            let part =
                switch column {
                case .requestBodies, .responseBodies: BodyColumn.name(offset)
                default: TextColumn.name(offset)
                }
            return "\(column.word) \(part)"
        }
        return TraceColumn(rawValue: identifier).map(\.word) ?? "column \(identifier)"
    }

    private var word: String {
        switch self {
        case .facts: "facts"
        case .kinds: "kinds of records"
        case .openingConnections, .openingTimes: "openings"
        case .closingConnections, .closingTimes, .closers: "closings"
        case .connections: "connections"
        case .sequences: "sequences"
        case .ends, .marks: "ends and marks"
        case .requestTimes: "request first bytes"
        case .requestDurations: "request durations"
        case .responseTimes: "response first bytes"
        case .responseDurations: "response durations"
        case .statuses: "statuses"
        case .upstreamRequestTimes, .upstreamResponseTimes, .upstreamResponseEnds:
            "upstream times"
        case .interimCounts, .interimTimes: "interim responses"
        case .requestBodies: "request body"
        case .responseBodies: "response body"
        case .requestTexts: "request"
        case .responseTexts: "response"
        case .addresses: "address"
        }
    }
}

extension TextColumn {
    static func name(_ offset: UInt64) -> String {
        switch offset {
        case shapes: "shapes"
        case shapeNumbers: "shape numbers"
        case codes: "value codes"
        case templates: "templates"
        case decimals: "decimal numbers"
        default: "hexadecimal digits"
        }
    }
}

/// What stands in the column of kinds.
enum RecordKind: UInt8 {
    case opening = 1
    case exchange = 2
    case closing = 3
    /// An opening that was not seen, and has no time.
    case unseenOpening = 4
}

/// The bits in the column of marks.
enum ExchangeMark {
    static let requestIsWhole: Int64 = 1
    static let hasResponse: Int64 = 2
    static let responseIsWhole: Int64 = 4
    static let requestHasTrailers: Int64 = 8
    static let responseHasTrailers: Int64 = 16
    static let hasInterim: Int64 = 32
    static let hasUpstream: Int64 = 64
    static let upstreamRequest: Int64 = 128
    static let upstreamResponse: Int64 = 256
    static let upstreamResponseEnd: Int64 = 512
    static let all: Int64 = 1023
}

/// The fields of texts that are no heads.
enum PlainField {
    static let trailers = 0
    static let body = 1
    /// How many there are beside heads.
    static let count = 2
    static let client = 0
    static let server = 1
}
