/// The TCP ports whose traffic is recorded.
///
///     let ports = try PortSelection(parsing: "80,8000-8100")
public struct PortSelection: Equatable, Sendable {
    private var ranges: [ClosedRange<UInt16>]

    /// Every port.
    public static let any = PortSelection(ranges: [0...UInt16.max])
    /// The port that mik serves on.
    public static let standard = PortSelection(ranges: [3000...3000])

    private init(ranges: [ClosedRange<UInt16>]) {
        self.ranges = ranges
    }

    /// Reads `3000`, a list `80,8080`, a range `8000-8100`, a mixture of them, or `any`.
    public init(parsing text: String) throws(CaptureError) {
        if text == "any" {
            self = .any
            return
        }
        var ranges: [ClosedRange<UInt16>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { UInt16($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1],
                first > 0, first <= last
            else { throw CaptureError.invalidPorts(text) }
            ranges.append(first...last)
        }
        self.init(ranges: ranges)
    }

    /// Whether it is every port, so that the port says nothing about who is the server.
    var isAny: Bool { self == .any }

    /// The packets with these ports, in the language of pcap-filter(7).
    var filter: String {
        guard !isAny else { return "tcp" }
        return ranges.map { "tcp portrange \($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: " or ")
    }

    /// Whether a port is selected.
    func contains(_ port: UInt16) -> Bool {
        ranges.contains { $0.contains(port) }
    }
}
