/// One end of a TCP connection.
struct Endpoint: Hashable {
    /// The address; an IPv4 address stands in the low 32 bits.
    var address: UInt128
    /// Whether the address is IPv6.
    var isVersion6: Bool
    /// The TCP port.
    var port: UInt16
}

extension Endpoint: CustomStringConvertible {
    /// The address as `host:port`, IPv6 hosts in brackets.
    var description: String {
        isVersion6 ? "[\(version6Text)]:\(port)" : "\(version4Text):\(port)"
    }

    private var version4Text: String {
        (0..<4).map { String(UInt8(truncatingIfNeeded: address >> (24 - 8 * $0))) }
            .joined(separator: ".")
    }

    /// The text of RFC 5952: lower case, the longest run of zero groups shortened.
    private var version6Text: String {
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: address >> (112 - 16 * $0)) }
        if groups[..<5].allSatisfy({ $0 == 0 }) && groups[5] == 0xFFFF {
            return "::ffff:\(version4Text)"
        }
        var longest = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        guard longest.count > 1 else { return Self.text(of: groups[...]) }
        return Self.text(of: groups[..<longest.lowerBound]) + "::"
            + Self.text(of: groups[longest.upperBound...])
    }

    private static func text(of groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}

/// Both ends of a TCP connection, the same for the packets of both directions.
struct FlowKey: Hashable {
    /// The end that is first by address and port.
    let lower: Endpoint
    /// The other end.
    let upper: Endpoint

    /// The key for packets between two ends, whichever of them sends.
    init(_ one: Endpoint, _ other: Endpoint) {
        let isOrdered = (one.address, one.port) <= (other.address, other.port)
        lower = isOrdered ? one : other
        upper = isOrdered ? other : one
    }
}
