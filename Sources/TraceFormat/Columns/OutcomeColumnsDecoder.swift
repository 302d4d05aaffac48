/// Decodes the outcomes of one block of columns.
struct OutcomeColumnsDecoder {
    private let count: Int
    private var indices: ValueQueue
    private var connections: ValueQueue
    private var sequences: ValueQueue
    private var expectedSequences = ConnectionSequences()
    private var marks: ValueQueue
    private let results: [UInt8]
    private let details: [UInt8]
    private var due: ValueQueue
    private var blocked: ValueQueue
    private var sent: ValueQueue
    private var firstBytes: ValueQueue
    private var ends: ValueQueue
    private var connectDurations: ValueQueue
    private var requestSizes: ValueQueue
    private var headSizes: ValueQueue
    private var bodySizes: ValueQueue
    private var liveConnections: ValueQueue
    private var statuses: ValueQueue
    private var fingerprintNumbers: ValueQueue
    private var recordedFingerprintNumbers: ValueQueue
    private var fingerprints: [Fingerprint] = []
    private var serverMilliseconds: ValueQueue
    private var recordedStatuses: ValueQueue
    /// One more than each duration, 0 for none; `nil` when there is none at all.
    private var handshakeDurations: ValueQueue?
    private var keptSizes: ValueQueue?
    private var keptFields: TextColumnsDecoder
    private var keptBodySizes: ValueQueue?
    private var keptBodies: TextColumnsDecoder
    /// One more than each number among the fingerprints, 0 for none.
    private var contentNumbers: ValueQueue?
    private var recordedContentNumbers: ValueQueue?
    private var texts: TextColumnsDecoder
    /// Strings of which many outcomes have the same, by field and number.
    private var strings = [[String]](repeating: [], count: OutcomeText.count)

    /// Reads the columns of a block that must hold `count` outcomes.
    init(_ reader: ColumnPayloadReader, count: Int) throws(BlockFault) {
        self.count = count
        results = try reader.column(OutcomeColumn.results.rawValue)
        details = try reader.column(OutcomeColumn.details.rawValue)
        guard results.count == count, details.count == count else {
            throw .contents(.cutShort, offset: results.count)
        }
        var facts = try reader.cursor(OutcomeColumn.facts.rawValue)
        let textSize = try facts.variable()
        guard textSize <= UInt64(Layout.rawSizeLimit) else { throw .sizesOutOfRange }
        guard facts.isAtEnd else { throw facts.fault(.bytesLeftOver) }
        func queue(_ column: OutcomeColumn, _ count: Int) throws(BlockFault) -> ValueQueue {
            ValueQueue(try reader.integers(column.rawValue, count: count), unit: 1)
        }
        indices = try queue(.indices, count)
        connections = try queue(.connections, count)
        sequences = try queue(.sequences, count)
        marks = try queue(.marks, count)
        let values = marks.values
        func queue(_ column: OutcomeColumn, where mark: Int64) throws(BlockFault) -> ValueQueue {
            try queue(column, values.count { $0 & mark != 0 })
        }
        func queue(unlessLeftOut column: OutcomeColumn) throws(BlockFault) -> ValueQueue? {
            reader.hasColumn(column.rawValue) ? try queue(column, count) : nil
        }
        due = try queue(.due, count)
        blocked = try queue(.blocked, count)
        sent = try queue(.sent, where: OutcomeMark.sent)
        firstBytes = try queue(.firstBytes, where: OutcomeMark.firstByte)
        ends = try queue(.ends, where: OutcomeMark.end)
        connectDurations = try queue(.connectDurations, where: OutcomeMark.connectDuration)
        requestSizes = try queue(.requestSizes, count)
        headSizes = try queue(.headSizes, count)
        bodySizes = try queue(.bodySizes, count)
        liveConnections = try queue(.liveConnections, where: OutcomeMark.liveConnection)
        statuses = try queue(.statuses, where: OutcomeMark.status)
        fingerprintNumbers = try queue(.fingerprintNumbers, where: OutcomeMark.fingerprint)
        recordedFingerprintNumbers = try queue(
            .recordedFingerprintNumbers,
            where: OutcomeMark.recordedFingerprint
        )
        serverMilliseconds = try queue(.serverMilliseconds, where: OutcomeMark.serverMilliseconds)
        recordedStatuses = try queue(.recordedStatuses, where: OutcomeMark.recordedStatus)
        handshakeDurations = try queue(unlessLeftOut: .handshakeDurations)
        keptSizes = try queue(unlessLeftOut: .keptSizes)
        keptFields = try TextColumnsDecoder(
            reader,
            base: OutcomeColumn.keptFields.rawValue,
            plainFieldCount: 0,
            limit: try keptSizes?.sum(atMost: Layout.rawSizeLimit) ?? 0
        )
        keptBodySizes = try queue(unlessLeftOut: .keptBodySizes)
        keptBodies = try TextColumnsDecoder(
            reader,
            base: OutcomeColumn.keptBodies.rawValue,
            plainFieldCount: 1,
            limit: try keptBodySizes?.sumOfSizes(atMost: Layout.rawSizeLimit) ?? 0
        )
        contentNumbers = try queue(unlessLeftOut: .contentNumbers)
        recordedContentNumbers = try queue(unlessLeftOut: .recordedContentNumbers)
        texts = try TextColumnsDecoder(
            reader,
            base: OutcomeColumn.texts.rawValue,
            plainFieldCount: OutcomeText.count,
            limit: Int(textSize)
        )
        var digests = try reader.cursor(OutcomeColumn.fingerprints.rawValue)
        while !digests.isAtEnd { fingerprints.append(try digests.fingerprint()) }
    }

    /// All outcomes.
    mutating func outcomes() throws(BlockFault) -> [Outcome] {
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(count)
        for number in 0..<count { outcomes.append(try outcome(number)) }
        guard texts.isAtEnd, keptFields.isAtEnd, keptBodies.isAtEnd else {
            throw .contents(.bytesLeftOver, offset: count)
        }
        return outcomes
    }

    private mutating func outcome(_ number: Int) throws(BlockFault) -> Outcome {
        let connection = UInt64(bitPattern: connections.next())
        let expected = expectedSequences.expected(connection)
        let sequence = expected &+ UInt64(bitPattern: sequences.next())
        expectedSequences.note(connection, sequence)
        let marks = marks.next()
        guard 0...OutcomeMark.all ~= marks,
            let result = Outcome.Result(result: results[number], detail: details[number])
        else { throw .contents(.value, offset: number) }
        var outcome = Outcome(
            index: UInt64(bitPattern: indices.next()),
            connection: connection,
            sequence: sequence,
            method: try string(OutcomeText.method),
            target: try string(OutcomeText.target),
            due: due.next(),
            result: result
        )
        guard readTimes(of: &outcome, marks).isWithinTimeLimit else {
            throw .contents(.time, offset: number)
        }
        try readAnswer(of: &outcome, marks)
        return outcome
    }

    /// Reads the times, and returns the least and the greatest of all times and durations: to ask the
    /// outcome for them copies it.
    private mutating func readTimes(
        of outcome: inout Outcome,
        _ marks: Int64
    ) -> ClosedRange<Int64> {
        let (asked, blocked) = (outcome.due, blocked.next())
        outcome.blocked = blocked
        var range = (asked...asked).widened(to: blocked)
        var last = asked
        if marks & OutcomeMark.sent != 0 {
            last = asked &+ blocked &+ sent.next()
            outcome.sent = last
            range = range.widened(to: last)
        }
        if marks & OutcomeMark.firstByte != 0 {
            last = last &+ firstBytes.next()
            outcome.firstByte = last
            range = range.widened(to: last)
        }
        if marks & OutcomeMark.end != 0 {
            last = last &+ ends.next()
            outcome.end = last
            range = range.widened(to: last)
        }
        if marks & OutcomeMark.connectDuration != 0 {
            let duration = connectDurations.next()
            outcome.connectDuration = duration
            range = range.widened(to: duration)
        }
        if let duration = handshakeDurations?.next(), duration > 0 {
            outcome.handshakeDuration = duration - 1
            range = range.widened(to: duration - 1)
        }
        return range
    }

    private mutating func readAnswer(
        of outcome: inout Outcome,
        _ marks: Int64
    ) throws(BlockFault) {
        outcome.requestByteCount = UInt64(bitPattern: requestSizes.next())
        outcome.responseHeadByteCount = UInt64(bitPattern: headSizes.next())
        outcome.responseBodyByteCount = UInt64(bitPattern: bodySizes.next())
        if marks & OutcomeMark.liveConnection != 0 {
            outcome.liveConnection = UInt64(bitPattern: liveConnections.next())
        }
        if marks & OutcomeMark.status != 0 { outcome.status = try status(statuses.next()) }
        if marks & OutcomeMark.fingerprint != 0 {
            outcome.fingerprint = try fingerprint(fingerprintNumbers.next())
        }
        if marks & OutcomeMark.serverMilliseconds != 0 {
            outcome.serverMilliseconds = UInt64(bitPattern: serverMilliseconds.next())
        }
        if marks & OutcomeMark.requestID != 0 {
            outcome.requestID = try text(try texts.next(field: OutcomeText.requestID))
        }
        if let size = keptSizes?.next(), size > 0 {
            outcome.keptFields = try keptFields.nextHead()
            guard outcome.keptFields.count == size else { throw .contents(.value, offset: 0) }
        }
        if let size = keptBodySizes?.next(), size > 0 {
            let body = try keptBodies.next(field: 0)
            guard body.count == size - 1 else { throw .contents(.value, offset: 0) }
            outcome.keptBody = body
        }
        if marks & OutcomeMark.recordedStatus != 0 {
            outcome.recordedStatus = try status(recordedStatuses.next())
        }
        if marks & OutcomeMark.recordedFingerprint != 0 {
            outcome.recordedFingerprint = try fingerprint(recordedFingerprintNumbers.next())
        }
        if let number = contentNumbers?.next(), number != 0 {
            outcome.contentFingerprint = try fingerprint(number &- 1)
        }
        if let number = recordedContentNumbers?.next(), number != 0 {
            outcome.recordedContentFingerprint = try fingerprint(number &- 1)
        }
    }

    private func status(_ value: Int64) throws(BlockFault) -> UInt16 {
        guard let status = UInt16(exactly: value) else { throw .contents(.value, offset: 0) }
        return status
    }

    private func fingerprint(_ number: Int64) throws(BlockFault) -> Fingerprint {
        guard number >= 0, number < Int64(fingerprints.count) else {
            throw .contents(.value, offset: 0)
        }
        return fingerprints[Int(number)]
    }

    /// A text that was there before is not made anew.
    private mutating func string(_ field: Int) throws(BlockFault) -> String {
        let number = try texts.nextNumber(field: field)
        if number == strings[field].count {
            strings[field].append(try text(Array(texts.bytes(of: number, field: field))))
        }
        return strings[field][number]
    }

    private func text(_ bytes: [UInt8]) throws(BlockFault) -> String {
        guard let text = try? UTF8Span(validating: bytes.span) else {
            throw .contents(.text, offset: 0)
        }
        return String(copying: text)
    }
}
