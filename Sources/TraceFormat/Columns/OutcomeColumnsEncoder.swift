/// Encodes the outcomes of one block by column.
struct OutcomeColumnsEncoder: Sendable {
    private(set) var recordCount = 0
    /// The least and the greatest `due` so far.
    private(set) var times: ClosedRange<Int64>?
    private var indices: [Int64] = []
    private var connections: [Int64] = []
    private var sequences: [Int64] = []
    private var expectedSequences = ConnectionSequences()
    private var marks: [Int64] = []
    private var results: [UInt8] = []
    private var details: [UInt8] = []
    private var due: [Int64] = []
    private var blocked: [Int64] = []
    private var sent: [Int64] = []
    private var firstBytes: [Int64] = []
    private var ends: [Int64] = []
    private var connectDurations: [Int64] = []
    private var requestSizes: [Int64] = []
    private var headSizes: [Int64] = []
    private var bodySizes: [Int64] = []
    private var liveConnections: [Int64] = []
    private var statuses: [Int64] = []
    private var fingerprintNumbers: [Int64] = []
    private var recordedFingerprintNumbers: [Int64] = []
    private var fingerprints: [UInt8] = []
    private var numbersOfFingerprints: [Fingerprint: Int64] = [:]
    private var serverMilliseconds: [Int64] = []
    private var recordedStatuses: [Int64] = []
    private var handshakeDurations = SparseColumn()
    private var keptSizes = SparseColumn()
    private var keptFields = TextColumnsEncoder(plainFieldCount: 0)
    private var keptBodySizes = SparseColumn()
    private var keptBodies = TextColumnsEncoder(plainFieldCount: 1)
    private var contentNumbers = SparseColumn()
    private var recordedContentNumbers = SparseColumn()
    private var texts = TextColumnsEncoder(plainFieldCount: OutcomeText.count)
    /// Room for the bytes of a text.
    private var textBytes: [UInt8] = []

    /// About how many bytes it will take, before compression.
    var weight: Int {
        recordCount * 24 + fingerprints.count + texts.weight + keptFields.weight
            + keptBodies.weight
    }

    /// Whether it is time to write the block.
    var isFull: Bool {
        let textSize = texts.textSize + keptFields.textSize + keptBodies.textSize
        if recordCount >= Layout.blockRecordTarget || textSize >= Layout.blockTextTarget {
            return true
        }
        // Looking at all texts takes a while.
        return recordCount & 63 == 0 && weight >= Layout.blockSizeTarget
    }

    /// Adds an outcome.
    mutating func append(_ outcome: Outcome) {
        recordCount += 1
        times = times?.widened(to: outcome.due) ?? outcome.due...outcome.due
        indices.append(Int64(bitPattern: outcome.index))
        connections.append(Int64(bitPattern: outcome.connection))
        let expected = expectedSequences.expected(outcome.connection)
        sequences.append(Int64(bitPattern: outcome.sequence &- expected))
        expectedSequences.note(outcome.connection, outcome.sequence)
        marks.append(outcome.marks)
        let (result, detail) = outcome.result.encoded
        results.append(result)
        details.append(detail)
        appendTimes(of: outcome)
        appendAnswer(of: outcome)
        append(outcome.method, OutcomeText.method)
        append(outcome.target, OutcomeText.target)
    }

    private mutating func append(_ text: String, _ field: Int) {
        textBytes.removeAll(keepingCapacity: true)
        textBytes += text.utf8
        texts.append(textBytes, field: field)
    }

    private mutating func appendTimes(of outcome: Outcome) {
        due.append(outcome.due)
        blocked.append(outcome.blocked)
        let asked = outcome.due
        if let time = outcome.sent { sent.append(time - asked - outcome.blocked) }
        if let time = outcome.firstByte { firstBytes.append(time - (outcome.sent ?? asked)) }
        if let time = outcome.end {
            ends.append(time - (outcome.firstByte ?? outcome.sent ?? asked))
        }
        if let duration = outcome.connectDuration { connectDurations.append(duration) }
        handshakeDurations.append(outcome.handshakeDuration.map { $0 + 1 } ?? 0)
    }

    private mutating func appendAnswer(of outcome: Outcome) {
        requestSizes.append(Int64(bitPattern: outcome.requestByteCount))
        headSizes.append(Int64(bitPattern: outcome.responseHeadByteCount))
        bodySizes.append(Int64(bitPattern: outcome.responseBodyByteCount))
        if let connection = outcome.liveConnection {
            liveConnections.append(Int64(bitPattern: connection))
        }
        if let status = outcome.status { statuses.append(Int64(status)) }
        if let fingerprint = outcome.fingerprint {
            fingerprintNumbers.append(number(of: fingerprint))
        }
        if let duration = outcome.serverMilliseconds {
            serverMilliseconds.append(Int64(bitPattern: duration))
        }
        if let requestID = outcome.requestID {
            append(requestID, OutcomeText.requestID)
        }
        keptSizes.append(Int64(outcome.keptFields.count))
        if !outcome.keptFields.isEmpty { keptFields.append(head: outcome.keptFields) }
        keptBodySizes.append(outcome.keptBody.map { Int64($0.count) + 1 } ?? 0)
        if let body = outcome.keptBody { keptBodies.append(body, field: 0) }
        if let status = outcome.recordedStatus { recordedStatuses.append(Int64(status)) }
        if let fingerprint = outcome.recordedFingerprint {
            recordedFingerprintNumbers.append(number(of: fingerprint))
        }
        contentNumbers.append(outcome.contentFingerprint.map { number(of: $0) + 1 } ?? 0)
        recordedContentNumbers.append(
            outcome.recordedContentFingerprint.map { number(of: $0) + 1 } ?? 0
        )
    }

    private mutating func number(of fingerprint: Fingerprint) -> Int64 {
        if let number = numbersOfFingerprints[fingerprint] { return number }
        let number = Int64(numbersOfFingerprints.count)
        numbersOfFingerprints[fingerprint] = number
        fingerprints.append(fingerprint: fingerprint)
        return number
    }

    /// The payload of the block, and its size with all columns inflated.
    func finished() -> (payload: [UInt8], rawSize: Int) {
        var writer = ColumnPayloadWriter()
        var facts: [UInt8] = []
        facts.append(variable: UInt64(texts.textSize))
        writer.append(OutcomeColumn.facts.rawValue, facts)
        writer.append(.indices, indices)
        writer.append(.connections, connections)
        writer.append(.sequences, sequences)
        writer.append(.marks, marks)
        writer.append(OutcomeColumn.results.rawValue, results)
        writer.append(OutcomeColumn.details.rawValue, details)
        writer.append(.due, due)
        writer.append(.blocked, blocked)
        writer.append(.sent, sent)
        writer.append(.firstBytes, firstBytes)
        writer.append(.ends, ends)
        writer.append(.connectDurations, connectDurations)
        writer.append(.requestSizes, requestSizes)
        writer.append(.headSizes, headSizes)
        writer.append(.bodySizes, bodySizes)
        writer.append(.liveConnections, liveConnections)
        writer.append(.statuses, statuses)
        writer.append(.fingerprintNumbers, fingerprintNumbers)
        writer.append(.recordedFingerprintNumbers, recordedFingerprintNumbers)
        writer.append(OutcomeColumn.fingerprints.rawValue, fingerprints)
        writer.append(.serverMilliseconds, serverMilliseconds)
        writer.append(.recordedStatuses, recordedStatuses)
        writer.append(.handshakeDurations, handshakeDurations.values)
        writer.append(.keptSizes, keptSizes.values)
        writer.append(.keptBodySizes, keptBodySizes.values)
        writer.append(.contentNumbers, contentNumbers.values)
        writer.append(.recordedContentNumbers, recordedContentNumbers.values)
        texts.write(to: &writer, base: OutcomeColumn.texts.rawValue)
        keptFields.write(to: &writer, base: OutcomeColumn.keptFields.rawValue)
        keptBodies.write(to: &writer, base: OutcomeColumn.keptBodies.rawValue)
        return writer.finished()
    }
}

/// A column of integers that is left out when all of them are 0.
private struct SparseColumn {
    private var leadingZeros = 0
    private var rest: [Int64] = []

    mutating func append(_ value: Int64) {
        if value == 0, rest.isEmpty {
            leadingZeros += 1
        } else {
            rest.append(value)
        }
    }

    var values: [Int64] {
        rest.isEmpty ? [] : Array(repeating: 0, count: leadingZeros) + rest
    }
}

extension ColumnPayloadWriter {
    fileprivate mutating func append(_ column: OutcomeColumn, _ values: [Int64]) {
        append(column.rawValue, integers: values)
    }
}

extension Outcome {
    fileprivate var marks: Int64 {
        var marks: Int64 = 0
        if liveConnection != nil { marks |= OutcomeMark.liveConnection }
        if sent != nil { marks |= OutcomeMark.sent }
        if firstByte != nil { marks |= OutcomeMark.firstByte }
        if end != nil { marks |= OutcomeMark.end }
        if connectDuration != nil { marks |= OutcomeMark.connectDuration }
        if status != nil { marks |= OutcomeMark.status }
        if fingerprint != nil { marks |= OutcomeMark.fingerprint }
        if serverMilliseconds != nil { marks |= OutcomeMark.serverMilliseconds }
        if requestID != nil { marks |= OutcomeMark.requestID }
        if recordedStatus != nil { marks |= OutcomeMark.recordedStatus }
        if recordedFingerprint != nil { marks |= OutcomeMark.recordedFingerprint }
        return marks
    }
}
