import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A server on loopback that answers each request head with what a closure says.
final class LoopbackOrigin: Sendable {
    /// What to do about a request.
    enum Answer: Sendable {
        /// Send these bytes.
        case bytes(String)
        /// Close the connection without a byte.
        case close
        /// Never answer.
        case silence
    }

    /// An empty answer with status 200.
    static let ok = Answer.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    private let channel: any Channel
    private let log: NIOLockedValueBox<[(connection: Int, head: String)]>

    /// Starts a server; heads end at their empty line, and requests have no bodies.
    init(_ answer: @escaping @Sendable (_ head: String) -> Answer) async throws {
        let log = NIOLockedValueBox([(connection: Int, head: String)]())
        let connectionCount = NIOLockedValueBox(0)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = connectionCount.withLockedValue { count in
                        defer { count += 1 }
                        return count
                    }
                    let handler = OriginHandler { head in
                        log.withLockedValue { $0.append((number, head)) }
                        return answer(head)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.log = log
    }

    /// The port that the system chose.
    var port: Int { channel.localAddress?.port ?? 0 }
    /// The heads that came, with the number of the connection that they came on.
    var requests: [(connection: Int, head: String)] { log.withLockedValue { $0 } }

    /// Stops accepting.
    func stop() async throws {
        try await channel.close()
    }
}

/// Cuts what comes at each empty line and carries out the answer.
private final class OriginHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var received = ""
    private let answer: (String) -> LoopbackOrigin.Answer

    init(_ answer: @escaping (String) -> LoopbackOrigin.Answer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        while let end = received.firstRange(of: "\r\n\r\n") {
            let head = String(received[..<end.upperBound])
            received = String(received[end.upperBound...])
            switch answer(head) {
            case .bytes(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .close: context.close(promise: nil)
            case .silence: break
            }
        }
    }
}
