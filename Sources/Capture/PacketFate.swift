/// What became of a packet.
enum PacketFate: Int, CaseIterable {
    case used, filteredOut, otherPort, unsupportedLink, notIP, encrypted, aggregated, notTCP
    case tunnelled, nestedTooDeep
    /// A part of a packet that a later part completed; that one has the fate of the whole.
    case joinedFragment
    /// A part of a packet whose other parts did not come.
    case unfinishedFragment
    case truncated, malformed, undecided, afterClose

    /// The fate behind the reason for which a packet can't be used; `nil` while it is open.
    init?(_ skip: PacketSkip) {
        switch skip {
        case .unsupportedLink: self = .unsupportedLink
        case .notIP: self = .notIP
        case .encrypted: self = .encrypted
        case .aggregated: self = .aggregated
        case .notTCP: self = .notTCP
        case .tunnelled: self = .tunnelled
        case .nestedTooDeep: self = .nestedTooDeep
        case .fragment: return nil
        case .truncated: self = .truncated
        case .malformed: self = .malformed
        }
    }

    /// The name in the ledger.
    var name: String {
        switch self {
        case .used: "used"
        case .filteredOut: "filtered_out"
        case .otherPort: "other_port"
        case .unsupportedLink: "unsupported_link"
        case .notIP: "not_ip"
        case .encrypted: "encrypted"
        case .aggregated: "aggregated"
        case .notTCP: "not_tcp"
        case .tunnelled: "tunnelled"
        case .nestedTooDeep: "nested_too_deep"
        case .joinedFragment: "joined_fragment"
        case .unfinishedFragment: "unfinished_fragment"
        case .truncated: "truncated"
        case .malformed: "malformed"
        case .undecided: "undecided"
        case .afterClose: "after_close"
        }
    }
}
