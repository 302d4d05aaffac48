extension [UInt8] {
    /// Appends integers so that regular ones get small: as they are, or as differences, or as
    /// differences of differences, whichever takes the fewest bytes.
    ///
    /// In front stands how often differences were taken. Without integers nothing is appended.
    mutating func append(integers values: [Int64]) {
        guard !values.isEmpty else { return }
        let order = values.count < 3 ? 0 : bestOrder(of: values)
        append(UInt8(order))
        reserveCapacity(count + values.count)
        var previous: Int64 = 0
        var previousDifference: Int64 = 0
        for value in values {
            let difference = value &- previous
            switch order {
            case 0: append(signed: value)
            case 1: append(signed: difference)
            default: append(signed: difference &- previousDifference)
            }
            previous = value
            previousDifference = difference
        }
    }
}

private func bestOrder(of values: [Int64]) -> Int {
    var sizes = (0, 0, 0)
    var previous: Int64 = 0
    var previousDifference: Int64 = 0
    for value in values {
        let difference = value &- previous
        sizes.0 &+= variableSize(value)
        sizes.1 &+= variableSize(difference)
        sizes.2 &+= variableSize(difference &- previousDifference)
        previous = value
        previousDifference = difference
    }
    if sizes.0 <= sizes.1, sizes.0 <= sizes.2 { return 0 }
    return sizes.1 <= sizes.2 ? 1 : 2
}

/// The bytes that `append(signed:)` takes for a value.
private func variableSize(_ value: Int64) -> Int {
    let zigzag = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    return (70 - (zigzag | 1).leadingZeroBitCount) / 7
}

extension ByteCursor {
    /// Reads so many integers that `append(integers:)` wrote.
    mutating func integers(count: Int) throws(BlockFault) -> [Int64] {
        guard count > 0 else { return [] }
        let order = try byte()
        guard order <= 2 else { throw fault(.value) }
        guard count <= remainingCount else { throw fault(.cutShort) }
        var values: [Int64] = []
        values.reserveCapacity(count)
        var previous: Int64 = 0
        var previousDifference: Int64 = 0
        for _ in 0..<count {
            var value = try signed()
            if order == 2 {
                previousDifference = previousDifference &+ value
                value = previousDifference
            }
            if order >= 1 {
                previous = previous &+ value
                value = previous
            }
            values.append(value)
        }
        return values
    }

    /// Reads a column that `append(integers:)` wrote to its end.
    mutating func allIntegers(atMost limit: Int) throws(BlockFault) -> [Int64] {
        guard !isAtEnd else { return [] }
        // The last byte of each integer is the one with a clear top bit; the first byte of all is
        // no integer.
        let count = remainingBytes.dropFirst().count { $0 < 0x80 }
        guard count <= limit else { throw fault(.value) }
        let values = try integers(count: count)
        guard isAtEnd else { throw fault(.bytesLeftOver) }
        return values
    }
}
