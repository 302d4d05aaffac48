/// Why a packet carries nothing for the recording, decided from its headers alone.
enum PacketSkip: Error, Equatable {
    /// Its interface has a link type that can't be taken apart.
    case unsupportedLink
    /// Neither IPv4 nor IPv6, such as ARP or a beacon.
    case notIP
    /// A wireless frame whose payload is encrypted.
    case encrypted
    /// A wireless frame that carries several packets (A-MSDU).
    case aggregated
    /// IP, and not TCP.
    case notTCP
    /// Inside a tunnel, and tunnels are not to be followed.
    case tunnelled
    /// More layers in each other than any network has.
    case nestedTooDeep
    /// A part of an IP packet whose other parts are not all there; counted once that is decided.
    case fragment
    /// Cut by the recording's snap length before the end of its headers.
    case truncated
    /// Its headers contradict themselves.
    case malformed
}
