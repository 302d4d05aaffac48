@testable import Capture
import Testing
import TraceFormat

/// What happens on a connection, in order.
enum Event {
    case opened
    case client(String)
    case server(String)
    case clientBytes([UInt8])
    case serverBytes([UInt8])
    case clientMissing(UInt64)
    case serverMissing(UInt64)
    case closed(Peer, StreamEnd)
    case recordingEnded
    case upstreamUnreachable
}

/// Plays events at times 10, 20, …, and checks that every byte is accounted for.
func assemble(
    _ events: [Event],
    bodies: BodyRetention = .all,
    limits: ExchangeLimits = ExchangeLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> (records: [TraceRecord], counts: ByteCounts) {
    var assembler = ExchangeAssembler(
        connection: 7,
        client: "c:1",
        server: "s:2",
        bodies: bodies,
        limits: limits
    )
    var byteCount = 0
    for (index, event) in events.enumerated() {
        let time = Int64(index + 1) * 10
        switch event {
        case .opened: assembler.opened(at: time)
        case .client(let text):
            assembler.received(Array(text.utf8).span, from: .client, at: time)
            byteCount += text.utf8.count
        case .server(let text):
            assembler.received(Array(text.utf8).span, from: .server, at: time)
            byteCount += text.utf8.count
        case .clientBytes(let bytes):
            assembler.received(bytes.span, from: .client, at: time)
            byteCount += bytes.count
        case .serverBytes(let bytes):
            assembler.received(bytes.span, from: .server, at: time)
            byteCount += bytes.count
        case .clientMissing(let count): assembler.missing(count, from: .client)
        case .serverMissing(let count): assembler.missing(count, from: .server)
        case .closed(let peer, let how): assembler.closed(from: peer, how: how, at: time)
        case .recordingEnded: assembler.recordingEnded(at: time)
        case .upstreamUnreachable: assembler.upstreamWasUnreachable()
        }
    }
    assembler.recordingEnded(at: Int64(events.count + 1) * 10)
    #expect(assembler.byteCounts.total == UInt64(byteCount), sourceLocation: sourceLocation)
    return (assembler.takeRecords(), assembler.byteCounts)
}

/// The stories of the exchanges that the events make.
func stories(_ events: [Event], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    assemble(events, sourceLocation: sourceLocation).records.stories
}

extension [TraceRecord] {
    /// The exchanges in order.
    var exchanges: [Exchange] {
        compactMap { if case .exchange(let exchange) = $0 { exchange } else { nil } }
    }
    /// What happened, a line for each exchange.
    var stories: [String] { exchanges.map(\.story) }
}

/// The records with all times set to zero.
func withoutTimes(_ records: [TraceRecord]) -> [TraceRecord] {
    records.map { record in
        switch record {
        case .opened(var opening):
            opening.time = opening.time.map { _ in 0 }
            return .opened(opening)
        case .closed(var closing):
            closing.time = 0
            return .closed(closing)
        case .exchange(var exchange):
            exchange.request.firstByteTime = 0
            exchange.request.lastByteTime = 0
            exchange.response?.message.firstByteTime = 0
            exchange.response?.message.lastByteTime = 0
            for index in exchange.interim.indices { exchange.interim[index].time = 0 }
            return .exchange(exchange)
        }
    }
}
