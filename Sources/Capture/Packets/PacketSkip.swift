/// Why a packet carries nothing for the recording, decided from its headers alone.
enum PacketSkip: Error, Equatable {
    /// Neither IPv4 nor IPv6, such as ARP.
    case notIP
    /// IP, and not TCP.
    case notTCP
    /// A part of a fragmented IP packet.
    case fragment
    /// Cut by the recording's snap length before the end of its headers.
    case truncated
    /// Its headers contradict themselves.
    case malformed
}
