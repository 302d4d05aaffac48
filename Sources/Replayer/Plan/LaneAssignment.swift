/// Decides which lane carries which recorded connection.
///
/// The decision depends on the trace alone, never on how fast the target answers.
struct LaneAssignment {
    /// The ways of sharing lanes.
    enum Mode: Equatable {
        /// Each recorded connection has a lane of its own.
        case onePerConnection
        /// A recorded connection takes the lowest lane that no other one held at that recorded
        /// time: as many lanes as connections were open at once, one connection after another.
        case asManyAsWereOpen
        /// Connections are dealt out to this many lanes in order of appearance.
        case dealt(to: Int)
    }

    private let mode: Mode
    /// Whether the streams of a connection are lanes that go by the connection's own.
    private let multiplexes: Bool
    private var laneOfConnection: [ConnectionCopy: LaneID] = [:]
    private var freeLanes: [LaneID] = []
    private var laneCount: LaneID = 0
    private var connectionCount: UInt64 = 0

    /// Starts without any lane in use.
    init(_ mode: Mode, multiplexes: Bool = false) {
        self.mode = mode
        self.multiplexes = multiplexes
    }

    /// Whether lanes carry one recorded connection after another without closing in between.
    var sharesConnections: Bool {
        if case .dealt = mode { true } else { false }
    }

    /// The lane of a connection; its first mention takes one.
    mutating func lane(of connection: ConnectionCopy) -> LaneID {
        if multiplexes, connection.stream > 0 {
            return lane(of: connection.withoutStream).stream(connection.stream)
        }
        if let lane = laneOfConnection[connection] { return lane }
        let lane = takeLane()
        laneOfConnection[connection] = lane
        connectionCount += 1
        return lane
    }

    /// Gives the lane of a connection back; `nil` when the connection never had one.
    ///
    /// Where streams share a connection, its first stream comes last.
    mutating func release(_ connection: ConnectionCopy) -> LaneID? {
        if multiplexes, connection.stream > 0 {
            return laneOfConnection[connection.withoutStream]?.stream(connection.stream)
        }
        guard let lane = laneOfConnection.removeValue(forKey: connection) else { return nil }
        if mode == .asManyAsWereOpen {
            let index = freeLanes.firstIndex { $0 < lane } ?? freeLanes.endIndex
            freeLanes.insert(lane, at: index)  // highest first, so that the lowest is taken next
        }
        return lane
    }

    private mutating func takeLane() -> LaneID {
        switch mode {
        case .dealt(let count):
            return connectionCount % UInt64(count)
        case .asManyAsWereOpen:
            if let lane = freeLanes.popLast() { return lane }
            fallthrough
        case .onePerConnection:
            defer { laneCount += 1 }
            return laneCount
        }
    }
}
