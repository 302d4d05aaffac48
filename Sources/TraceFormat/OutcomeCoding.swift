extension Outcome.Result {
    /// The two bytes of the file.
    var encoded: (result: UInt8, detail: UInt8) {
        switch self {
        case .completed: (0, 0)
        case .failed(let failure): (1, failure.rawValue)
        case .censored(let censoring): (2, censoring.rawValue)
        case .unsent(let reason): (3, reason.rawValue)
        }
    }

    /// The result that two bytes of the file stand for; `nil` for none.
    init?(result: UInt8, detail: UInt8) {
        switch result {
        case 0 where detail == 0:
            self = .completed
        case 1:
            guard let failure = Outcome.Failure(rawValue: detail) else { return nil }
            self = .failed(failure)
        case 2:
            guard let censoring = Outcome.Censoring(rawValue: detail) else { return nil }
            self = .censored(censoring)
        case 3:
            guard let reason = Outcome.UnsentReason(rawValue: detail) else { return nil }
            self = .unsent(reason)
        default:
            return nil
        }
    }
}

/// Reads the outcomes of a block of version 1.
func decodeOutcomes(
    _ payload: [UInt8],
    count: Int,
    isLaterMinor: Bool
) throws(BlockFault) -> [Outcome] {
    var decoder = OutcomeBlockDecoder(cursor: ByteCursor(payload), isLaterMinor: isLaterMinor)
    var outcomes: [Outcome] = []
    for _ in 0..<count {
        outcomes.append(try decoder.next())
    }
    guard decoder.cursor.isAtEnd else { throw decoder.cursor.fault(.bytesLeftOver) }
    return outcomes
}

private struct OutcomeBlockDecoder {
    var cursor: ByteCursor
    let isLaterMinor: Bool
    private var texts: [String] = []

    init(cursor: ByteCursor, isLaterMinor: Bool) {
        self.cursor = cursor
        self.isLaterMinor = isLaterMinor
    }

    mutating func next() throws(BlockFault) -> Outcome {
        try cursor.beginRecord()
        let index = try cursor.variable()
        let connection = try cursor.variable()
        let sequence = try cursor.variable()
        let marks = Int64(try cursor.littleEndian16())
        guard marks <= OutcomeMark.all else { throw cursor.fault(.value) }
        let kind = try cursor.byte()
        guard let result = Outcome.Result(result: kind, detail: try cursor.byte()) else {
            throw cursor.fault(.value)
        }
        let method = try text()
        let target = try text()
        var outcome = Outcome(
            index: index,
            connection: connection,
            sequence: sequence,
            method: method,
            target: target,
            due: try cursor.signed(),
            result: result
        )
        try readTimes(of: &outcome, marks)
        try readAnswer(of: &outcome, marks)
        try cursor.endRecord(mayHaveMore: isLaterMinor)
        return outcome
    }

    private mutating func readTimes(
        of outcome: inout Outcome,
        _ marks: Int64
    ) throws(BlockFault) {
        outcome.blocked = try cursor.signed()
        if marks & OutcomeMark.sent != 0 {
            outcome.sent = try cursor.signed() &+ outcome.due
        }
        if marks & OutcomeMark.firstByte != 0 {
            outcome.firstByte = try cursor.signed() &+ outcome.due
        }
        if marks & OutcomeMark.end != 0 {
            outcome.end = try cursor.signed() &+ outcome.due
        }
        if marks & OutcomeMark.connectDuration != 0 {
            outcome.connectDuration = try cursor.signed()
        }
        guard outcome.times.isWithinTimeLimit else { throw cursor.fault(.time) }
    }

    private mutating func readAnswer(
        of outcome: inout Outcome,
        _ marks: Int64
    ) throws(BlockFault) {
        outcome.requestByteCount = try cursor.variable()
        outcome.responseHeadByteCount = try cursor.variable()
        outcome.responseBodyByteCount = try cursor.variable()
        if marks & OutcomeMark.liveConnection != 0 {
            outcome.liveConnection = try cursor.variable()
        }
        if marks & OutcomeMark.status != 0 { outcome.status = try cursor.status() }
        if marks & OutcomeMark.fingerprint != 0 {
            outcome.fingerprint = try cursor.fingerprint()
        }
        if marks & OutcomeMark.serverMilliseconds != 0 {
            outcome.serverMilliseconds = try cursor.variable()
        }
        if marks & OutcomeMark.requestID != 0 { outcome.requestID = try cursor.text() }
        if marks & OutcomeMark.recordedStatus != 0 {
            outcome.recordedStatus = try cursor.status()
        }
        if marks & OutcomeMark.recordedFingerprint != 0 {
            outcome.recordedFingerprint = try cursor.fingerprint()
        }
    }

    private mutating func text() throws(BlockFault) -> String {
        let number = try cursor.variable()
        guard number != 0 else {
            let text = try cursor.text()
            texts.append(text)
            return text
        }
        guard number <= UInt64(texts.count) else { throw cursor.fault(.value) }
        return texts[Int(number) - 1]
    }
}
