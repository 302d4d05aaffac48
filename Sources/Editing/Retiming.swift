internal import TraceFormat

/// Moves the records of one input to their times in the output.
///
/// Stretching changes when requests begin, and leaves how long each exchange took: that is the
/// server's doing.
struct Retiming: Equatable {
    /// The input's first request.
    let origin: Int64
    /// Where the input's first request stands in the output.
    let start: Int64
    /// By how much time goes on longer.
    let factor: Double

    /// Times beyond this are rejected by every writer.
    private static let limit: Int64 = 1 << 62

    /// The time in the output of a moment of the input.
    func time(_ time: Int64) -> Int64 {
        let distance = time &- origin
        guard factor != 1 else { return clampedSum(start, distance) }
        let stretched = (Double(distance) * factor).rounded()
        guard abs(stretched) < Double(Self.limit) else {
            return stretched < 0 ? -Self.limit : Self.limit
        }
        return clampedSum(start, Int64(stretched))
    }

    /// The exchange at its time in the output.
    func exchange(_ exchange: Exchange) -> Exchange {
        let shift = time(exchange.request.firstByteTime) &- exchange.request.firstByteTime
        guard shift != 0 else { return exchange }
        var moved = exchange
        moved.request.move(by: shift)
        for index in moved.interim.indices {
            moved.interim[index].time = clampedSum(moved.interim[index].time, shift)
        }
        moved.response?.message.move(by: shift)
        moved.upstream?.move(by: shift)
        return moved
    }
}

/// The sum, or the end of the range on the side where it is beyond.
private func clampedSum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflowed) = left.addingReportingOverflow(right)
    guard overflowed else { return sum }
    return right < 0 ? .min : .max
}

extension RecordedMessage {
    fileprivate mutating func move(by shift: Int64) {
        firstByteTime = clampedSum(firstByteTime, shift)
        lastByteTime = clampedSum(lastByteTime, shift)
    }
}

extension UpstreamTimes {
    fileprivate mutating func move(by shift: Int64) {
        requestFirstByte = requestFirstByte.map { clampedSum($0, shift) }
        responseFirstByte = responseFirstByte.map { clampedSum($0, shift) }
        responseLastByte = responseLastByte.map { clampedSum($0, shift) }
    }
}

extension Exchange {
    /// The greatest of its times.
    var lastTime: Int64 {
        max(request.lastByteTime, response?.message.lastByteTime ?? request.lastByteTime)
    }
}
