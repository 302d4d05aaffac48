extension TraceRecord {
    /// The connection that the record belongs to.
    public var connection: UInt64 {
        switch self {
        case .opened(let opening): opening.connection
        case .exchange(let exchange): exchange.connection
        case .closed(let closing): closing.connection
        }
    }

    /// The time by which records are put in order; `nil` for an opening that was not seen.
    var orderTime: Int64? {
        switch self {
        case .opened(let opening): opening.time
        case .exchange(let exchange): exchange.request.firstByteTime
        case .closed(let closing): closing.time
        }
    }

    /// The least and the greatest time of the record; `nil` when it has none.
    var times: ClosedRange<Int64>? {
        guard case .exchange(let exchange) = self else { return orderTime.map { $0...$0 } }
        return exchange.times
    }
}

extension Exchange {
    /// The least and the greatest of all times.
    var times: ClosedRange<Int64> {
        var range = request.times
        for interim in interim {
            range = range.widened(to: interim.time)
        }
        if let response = response?.message.times {
            range = range.widened(to: response.lowerBound).widened(to: response.upperBound)
        }
        guard let upstream else { return range }
        if let time = upstream.requestFirstByte { range = range.widened(to: time) }
        if let time = upstream.responseFirstByte { range = range.widened(to: time) }
        if let time = upstream.responseLastByte { range = range.widened(to: time) }
        return range
    }
}

extension RecordedMessage {
    fileprivate var times: ClosedRange<Int64> {
        min(firstByteTime, lastByteTime)...max(firstByteTime, lastByteTime)
    }
}

extension Outcome {
    /// The least and the greatest of the times and durations.
    var times: ClosedRange<Int64> {
        var range = (due...due).widened(to: blocked)
        for time in [sent, firstByte, end, connectDuration, handshakeDuration] {
            if let time { range = range.widened(to: time) }
        }
        return range
    }
}

extension ClosedRange<Int64> {
    /// The range that also holds `time`.
    func widened(to time: Int64) -> ClosedRange<Int64> {
        Swift.min(lowerBound, time)...Swift.max(upperBound, time)
    }

    /// Whether differences of its times cannot overflow.
    var isWithinTimeLimit: Bool {
        Layout.times.contains(lowerBound) && Layout.times.contains(upperBound)
    }
}
