extension Sequence<Int64> {
    /// The values in ascending order.
    ///
    /// A report sorts the times of all requests many times over, and by digits this takes a fifth of
    /// what comparing them does.
    func ascending() -> [Int64] {
        let values = Array(self)
        guard let least = values.min() else { return values }
        return values.ascending { UInt64(bitPattern: $0 &- least) }
    }
}

extension Sequence<Double> {
    /// The values in ascending order, −0 before 0.
    func ascending() -> [Double] {
        Array(self).ascending(by: \.orderedBits)
    }
}

extension Double {
    /// A number that is larger for a larger value.
    var orderedBits: UInt64 { bitPattern ^ (sign == .minus ? .max : 1 << 63) }
}

extension Array {
    /// The elements by ascending keys, those of equal keys in their order here.
    ///
    /// They are distributed by eleven bits of their keys after the other, from the last ones on (LSD
    /// radix sort). Few elements are compared.
    func ascending(by key: (Element) -> UInt64) -> [Element] {
        guard count > 4096 else {
            // Sorting is stable, though its documentation does not promise it yet.
            return sorted { key($0) < key($1) }
        }
        guard let differing = differingBits(of: key) else { return self }
        var (elements, other) = (self, self)
        for shift in stride(from: 0 as UInt64, to: 64, by: 11)
        where (differing >> shift) & 0x7FF != 0 {
            elements.distribute(to: &other) { Int(truncatingIfNeeded: key($0) >> shift & 0x7FF) }
            swap(&elements, &other)
        }
        return elements
    }

    /// Bits that are the same in all keys move nothing; `nil` if the keys ascend already.
    private func differingBits(of key: (Element) -> UInt64) -> UInt64? {
        let first = key(self[0])
        var (differing, previous, isAscending) = (0 as UInt64, first, true)
        for element in self {
            let key = key(element)
            differing |= key ^ first
            if key < previous { isAscending = false }
            previous = key
        }
        return isAscending ? nil : differing
    }

    /// Puts the elements in the order of their digits, below 2048; those of equal ones keep theirs.
    private func distribute(to other: inout [Element], digit: (Element) -> Int) {
        var places = [Int](repeating: 0, count: 2048)
        for element in self { places[digit(element)] += 1 }
        var start = 0
        for number in places.indices {
            (places[number], start) = (start, start + places[number])
        }
        // By way of a span, because an array is asked before each change whether it is the only owner.
        var sorted = other.mutableSpan
        for element in self {
            let number = digit(element)
            sorted[places[number]] = element
            places[number] += 1
        }
    }
}
