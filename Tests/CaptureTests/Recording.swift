@testable import Capture
import Testing
import TraceFormat

/// What a capture made of some packets.
struct Recording: Equatable {
    var records: [TraceRecord]
    var ledger: Ledger

    /// The exchanges in order.
    var exchanges: [Exchange] {
        records.compactMap { if case .exchange(let exchange) = $0 { exchange } else { nil } }
    }
    /// The openings in order.
    var openings: [ConnectionOpening] {
        records.compactMap { if case .opened(let opening) = $0 { opening } else { nil } }
    }
    /// The closings in order.
    var closings: [ConnectionClosing] {
        records.compactMap { if case .closed(let closing) = $0 { closing } else { nil } }
    }
}

/// Records packets and checks that everything is accounted for.
func record(
    _ packets: [TestPacket],
    link: LinkLayer = .rawIP,
    ports: PortSelection = .standard,
    bodies: BodyRetention = .all,
    followsTunnels: Bool = true,
    limits: ConnectionTracker.Limits = ConnectionTracker.Limits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> Recording {
    let options = CaptureOptions(ports: ports, bodies: bodies, followsTunnels: followsTunnels)
    var recorder = PacketRecorder(options, limits: limits)
    var records: [TraceRecord] = []
    for packet in packets {
        let header = PacketHeader(
            time: packet.time,
            wireByteCount: packet.wireByteCount ?? packet.bytes.count,
            linkType: 0,
            link: link
        )
        recorder.receive(packet.bytes.span, header)
        records += recorder.takeRecords()
    }
    recorder.recordingEnded()
    records += recorder.takeRecords()
    for record in records { recorder.counters.exchanges.count(record, isWritten: true) }
    let recording = Recording(records: records, ledger: recorder.counters.ledger)
    expectBalanced(recording.ledger, sourceLocation: sourceLocation)
    #expect(
        recording.ledger["packets", "seen"] == UInt64(packets.count),
        sourceLocation: sourceLocation
    )
    #expect(
        recording.ledger["exchanges", "total"] == UInt64(recording.exchanges.count),
        sourceLocation: sourceLocation
    )
    #expect(
        recording.ledger["connections", "recorded"] == UInt64(recording.openings.count),
        sourceLocation: sourceLocation
    )
    expectOrdered(records, sourceLocation: sourceLocation)
    return recording
}

/// Checks that the first counter of each group is the sum of the others.
func expectBalanced(_ ledger: Ledger, sourceLocation: SourceLocation = #_sourceLocation) {
    for group in ledger.groups
    where ["packets", "bytes", "connections", "exchanges"].contains(group.name) {
        let sum = group.counters.dropFirst().reduce(0) { $0 + $1.count }
        #expect(
            group.counters[0].count == sum,
            "\(group)",
            sourceLocation: sourceLocation
        )
    }
}

/// Checks that each connection opens, has its exchanges in sequence, and closes.
private func expectOrdered(_ records: [TraceRecord], sourceLocation: SourceLocation) {
    var nextSequence: [UInt64: UInt64] = [:]
    for record in records {
        switch record {
        case .opened(let opening):
            #expect(nextSequence[opening.connection] == nil, sourceLocation: sourceLocation)
            nextSequence[opening.connection] = 0
        case .exchange(let exchange):
            #expect(
                nextSequence[exchange.connection] == exchange.sequence,
                sourceLocation: sourceLocation
            )
            nextSequence[exchange.connection] = exchange.sequence + 1
        case .closed(let closing):
            #expect(nextSequence[closing.connection] != nil, sourceLocation: sourceLocation)
        }
    }
}

extension Exchange {
    /// The request line, the status or nil, and the end, to compare at a glance.
    var story: String {
        let line = String(decoding: request.head.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
        return "\(line) → \(response.map { "\($0.status)" } ?? "nothing"): \(end.name)"
    }
}

/// A GET request for a path.
func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: mik\r\n\r\n" }

/// A response with a body.
func response(_ body: String, status: Int = 200) -> String {
    "HTTP/1.1 \(status) Fine\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
