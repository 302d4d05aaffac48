public import NIOCore
import NIOHTTP1
import NIOPosix
import SocketErrors

/// A running server that behaves like mik, for demonstrations and tests.
///
///     let server = try await StandInServer.start(configuration: .demoShop)
///     // … http://127.0.0.1:\(server.port)/run/cart …
///     try await server.stop()
///
/// It differs from mik in what its modules do: they wait for their configured times and answer with
/// fixed bytes. It also has no gzip, no HTTP/2, no `/_mik/` gateway and no schemas.
public final class StandInServer: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let listener: any Channel
    private let connections: ConnectionSet
    private let host: SharedHost
    private let ownGroup: MultiThreadedEventLoopGroup?

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - configuration: What it serves.
    ///   - host: The address to listen on.
    ///   - port: The port to listen on; 0 lets the system choose.
    ///   - eventLoopGroup: Where its connections live; `nil` gives it a thread of its own.
    ///   - log: Receives a line in mik's format for each cold load, on an event loop: it must not
    ///     block.
    /// - Returns: The server, which listens already. It has to be stopped with ``stop()``.
    /// - Throws: ``StandInError/cannotListen(host:port:reason:)``.
    public static func start(
        configuration: StandInConfiguration,
        host: String = "127.0.0.1",
        port: Int = 0,
        eventLoopGroup: (any EventLoopGroup)? = nil,
        log: (@Sendable (String) -> Void)? = nil
    ) async throws -> StandInServer {
        var random = SystemRandomNumberGenerator()
        let moduleHost = ModuleHost(
            configuration,
            startMicrosecondsSince1970: microsecondsSince1970(),
            identitySeed: random.next()
        )
        let shared = SharedHost(moduleHost, log: log)
        let connections = ConnectionSet()
        let ownGroup =
            eventLoopGroup == nil ? MultiThreadedEventLoopGroup(numberOfThreads: 1) : nil
        guard let group = eventLoopGroup ?? ownGroup else {
            preconditionFailure("a server without an event loop group")
        }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                connections.insert(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ProtocolSniffer(host: shared, bodyLimit: configuration.bodyLimit)
                    )
                }
            }
        do {
            let listener = try await bootstrap.bind(host: host, port: port).get()
            return StandInServer(listener, connections, shared, ownGroup)
        } catch {
            try? await ownGroup?.shutdownGracefully()
            throw StandInError.cannotListen(
                host: host,
                port: port,
                reason: reasonOfFailedListening(error)
            )
        }
    }

    private init(
        _ listener: any Channel,
        _ connections: ConnectionSet,
        _ host: SharedHost,
        _ ownGroup: MultiThreadedEventLoopGroup?
    ) {
        guard let port = listener.localAddress?.port else {
            preconditionFailure("a listening socket without a port")
        }
        self.port = port
        self.listener = listener
        self.connections = connections
        self.host = host
        self.ownGroup = ownGroup
    }

    /// Every cold load so far, in order of its start.
    public var loads: [ModuleLoad] {
        host.withHost { host, _ in host.loads }
    }

    /// How many requests have arrived so far, whatever became of them.
    public var requestCount: UInt64 {
        host.withHost { host, _ in host.requestCount }
    }

    /// Stops accepting, closes every connection as it stands, and returns when all are closed.
    public func stop() async throws {
        try await listener.close()
        try await connections.closeAll()
        try await ownGroup?.shutdownGracefully()
    }
}
