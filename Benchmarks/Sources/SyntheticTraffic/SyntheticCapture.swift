import TraceFormat

/// Synthetic traffic as a capture file: the packets of its connections from their opening on, each
/// message in one.
///
/// The file is a classic one, pcap-savefile(5), of raw IPv4 packets with times in nanoseconds.
public struct SyntheticCapture {
    /// The capture file.
    public private(set) var bytes: [UInt8] = []
    private let epoch: UInt64
    private var connections: [Connection]

    /// The bytes that the ends of a connection have sent so far.
    private struct Connection {
        let port: UInt16
        var client: UInt32 = 1
        var server: UInt32 = 1
    }

    private enum Peer {
        case client, server
    }

    /// Makes the packets.
    public init(_ traffic: SyntheticTraffic) {
        epoch = UInt64(traffic.info.epoch)
        connections = (0..<traffic.connectionCount).map { Connection(port: UInt16(20_000 + $0)) }
        // Magic number, version 2.4, two numbers that nobody uses, snap length, link type.
        append(0xA1B2_3C4D as UInt32, 0x0002_0004 as UInt32, 0 as UInt32, 0 as UInt32)
        append(0x0004_0000 as UInt32, 101 as UInt32)
        for index in connections.indices { open(index) }
        for index in 0..<traffic.requestCount {
            let exchange = traffic.exchange(index)
            send(exchange.request, from: .client, on: Int(exchange.connection))
            guard let response = exchange.response else { continue }
            send(response.message, from: .server, on: Int(exchange.connection))
        }
    }

    private mutating func open(_ index: Int) {
        connections[index].client = 0
        connections[index].server = 0
        packet(flags: 0x02, from: .client, on: index, at: 0)
        connections[index].client = 1
        packet(flags: 0x12, from: .server, on: index, at: 0)
        connections[index].server = 1
        packet(flags: 0x10, from: .client, on: index, at: 0)
    }

    private mutating func send(_ message: RecordedMessage, from peer: Peer, on index: Int) {
        packet(message.head, flags: 0x18, from: peer, on: index, at: message.firstByteTime)
        let length = UInt32(message.head.count)
        switch peer {
        case .client: connections[index].client &+= length
        case .server: connections[index].server &+= length
        }
    }

    private mutating func packet(
        _ payload: [UInt8] = [],
        flags: UInt16,
        from peer: Peer,
        on index: Int,
        at time: Int64
    ) {
        let connection = connections[index]
        let packetLength = UInt32(40 + payload.count)
        let unixTime = epoch + UInt64(time)
        append(UInt32(unixTime / 1_000_000_000), UInt32(unixTime % 1_000_000_000))
        append(packetLength, packetLength)
        // IPv4: version, header length and total length; no fragment; 64 hops, TCP, no checksum.
        append(0x4500_0000 | packetLength, 0x0000_4000 as UInt32, 0x4006_0000 as UInt32)
        let (client, server) = (0x0A00_0001 as UInt32, 0x0A00_0002 as UInt32)
        // TCP: five words of header, the flags, the window, no checksum.
        switch peer {
        case .client:
            append(client, server)
            append(connection.port, 80 as UInt16)
            append(connection.client, connection.server)
        case .server:
            append(server, client)
            append(80 as UInt16, connection.port)
            append(connection.server, connection.client)
        }
        append(0x5000 | flags, 0xFFFF as UInt16, 0 as UInt16, 0 as UInt16)
        bytes += payload
    }

    /// Appends numbers, the highest byte first.
    private mutating func append<Number: FixedWidthInteger>(_ numbers: Number...) {
        for number in numbers {
            for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
    }
}
