import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A server on loopback that answers each request head with what a closure says.
final class LoopbackOrigin: Sendable {
    /// What to do about a request.
    enum Answer: Sendable {
        /// Send these bytes.
        case bytes(String)
        /// Send this head, with the length that its body has, and the body.
        case body(head: String, [UInt8])
        /// Send the first bytes at once and the others when the body of the request is there.
        case askedFor(first: String, then: String)
        /// Close the connection without a byte.
        case close
        /// Never answer.
        case silence
    }

    /// An empty answer with status 200.
    static let ok = Answer.bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    private let channel: any Channel
    private let log: NIOLockedValueBox<[(connection: Int, head: String)]>

    /// Starts a server, encrypted where that is given, that closes connections beyond a limit at once;
    /// requests may have bodies of a declared length, which are skipped.
    init(
        encryption: NIOSSLContext? = nil,
        connectionLimit: Int = .max,
        _ answer: @escaping @Sendable (_ head: String) -> Answer
    ) async throws {
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
                    if number >= connectionLimit {
                        channel.close(promise: nil)
                        return
                    }
                    if let encryption {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: encryption)
                        )
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

    private var received: [UInt8] = []
    /// The bytes of a request body that are still to come.
    private var bodyByteCount = 0
    /// What is sent when the body of the request is there.
    private var answerToBody: String?
    private let answer: (String) -> LoopbackOrigin.Answer

    init(_ answer: @escaping (String) -> LoopbackOrigin.Answer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        while true {
            let skipped = min(bodyByteCount, received.count)
            received.removeFirst(skipped)
            bodyByteCount -= skipped
            if bodyByteCount == 0, let text = answerToBody {
                answerToBody = nil
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            }
            guard bodyByteCount == 0, let end = received.firstRange(of: Array("\r\n\r\n".utf8))
            else { return }
            let head = String(decoding: received[..<end.upperBound], as: UTF8.self)
            received.removeFirst(end.upperBound)
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
            bodyByteCount = length.flatMap { Int($0.dropFirst(16)) } ?? 0
            switch answer(head) {
            case .bytes(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .body(let head, let body):
                var bytes = ByteBuffer(string: "\(head)Content-Length: \(body.count)\r\n\r\n")
                bytes.writeBytes(body)
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            case .askedFor(let first, let then):
                answerToBody = then
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: first)), promise: nil)
            case .close: context.close(promise: nil)
            case .silence: break
            }
        }
    }
}
