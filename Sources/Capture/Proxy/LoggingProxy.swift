internal import NIOCore
internal import NIOPosix
internal import SocketErrors
public import TraceFormat

/// A reverse proxy that records the exchanges that pass through it.
///
///     let proxy = try await LoggingProxy.start(
///         ProxyConfiguration(upstreamHost: "127.0.0.1", upstreamPort: 3000),
///         writer: "mik-replay 0.1",
///         wallClock: { timeOfDay() }
///     ) { info, _ throws(TraceError) in try TraceWriter(creating: "day.mtr", info: info) }
///     // … http://127.0.0.1:\(proxy.port) …
///     let summary = try await proxy.stop()
///
/// Bytes are passed on as they are, whether they can be understood or not, and each connection of
/// a client has one of its own to the upstream. Recording happens on the side: it never delays the
/// traffic, and when it can't keep up or can't write, the loss is counted and the traffic goes on.
public final class LoggingProxy: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let listener: any Channel
    private let recorder: RecordingThread
    private let loop: NIOLoopBoundBox<ProxyLoop?>
    private let group: MultiThreadedEventLoopGroup

    private init(
        _ listener: any Channel,
        _ recorder: RecordingThread,
        _ loop: NIOLoopBoundBox<ProxyLoop?>,
        _ group: MultiThreadedEventLoopGroup
    ) {
        guard let port = listener.localAddress?.port else {
            preconditionFailure("a listening socket without a port")
        }
        self.port = port
        self.listener = listener
        self.recorder = recorder
        self.loop = loop
        self.group = group
    }

    /// Starts a proxy.
    ///
    /// The trace is created when the address has proved to be free, so that no file is replaced
    /// in vain, and before the first client is let in.
    ///
    /// - Parameters:
    ///   - configuration: What to listen on and where to pass it to.
    ///   - writer: The program that the trace names as its writer.
    ///   - wallClock: Gives the time of day, in nanoseconds since the start of 1970; read once.
    ///   - onFailure: Called at most once, as soon as the trace can't be written any more, on a
    ///     thread of the proxy.
    ///   - makeTrace: Creates the trace, and those behind it when the recording is rotated; then
    ///     on a thread of the proxy.
    /// - Returns: The proxy, which listens already. It has to be stopped with `stop(drain:)`.
    /// - Throws: `CaptureError`.
    public static func start(
        _ configuration: ProxyConfiguration,
        writer: String,
        wallClock: () -> Int64,
        onFailure: @escaping @Sendable (TraceError) -> Void = { _ in },
        trace makeTrace:
            @escaping @Sendable (TraceInfo, RecordingPart) throws(TraceError) -> TraceWriter
    ) async throws -> LoggingProxy {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = NIOLoopBoundBox.makeEmptyBox(
            valueType: ProxyLoop.self,
            eventLoop: group.next()
        )
        do {
            let encryption = try ProxyEncryption(configuration)
            let listener = try await listen(configuration, loop, group)
            let start = NIODeadline.now()
            let info = TraceInfo(
                writer: writer,
                source: "proxy",
                epoch: wallClock(),
                bodies: configuration.bodies.rawValue
            )
            let recorder = RecordingThread(
                ExchangeRecorder(
                    try output(configuration, info, makeTrace),
                    bodies: configuration.bodies
                ),
                onFailure: onFailure
            )
            try await loop.eventLoop.submit {
                loop.value = ProxyLoop(
                    configuration,
                    encryption: encryption,
                    eventLoop: loop.eventLoop,
                    recorder: recorder,
                    start: start
                )
            }.get()
            try await listener.setOption(.autoRead, value: true).get()
            return LoggingProxy(listener, recorder, loop, group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Stops the proxy and ends the trace.
    ///
    /// No new connection and no new exchange begins; the open exchanges may go on until the time
    /// is over, and are then recorded as cut. Traps when it is called twice.
    ///
    /// - Parameter time: How long the open exchanges may take, in nanoseconds.
    /// - Returns: What was recorded, and whether all of it could be written.
    /// - Throws: Only what the system does not let us close.
    public func stop(drain time: Int64 = 5_000_000_000) async throws -> ProxySummary {
        try await listener.close()
        let (end, traffic) = try await loop.eventLoop.flatSubmit { [loop] in
            guard let proxy = loop.value else { preconditionFailure("the proxy was not started") }
            return proxy.drain(for: .nanoseconds(time))
                .assumeIsolated().map { (proxy.now(), proxy.feed.traffic) }.nonisolated()
        }.get()
        let summary = try await recorder.finish(at: end, traffic: traffic, on: loop.eventLoop)
        try await group.shutdownGracefully()
        return summary
    }

    // MARK: - Start

    /// Opens the socket to listen on, which lets nobody in yet.
    private static func listen(
        _ configuration: ProxyConfiguration,
        _ loop: NIOLoopBoundBox<ProxyLoop?>,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        let (host, port) = (configuration.listenHost, configuration.listenPort)
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.autoRead, value: false)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let proxy = loop.value else {
                            preconditionFailure("a client was let in before the proxy had started")
                        }
                        try proxy.admit(channel)
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            throw CaptureError.cannotListen(
                address: authority,
                reason: reasonOfFailedListening(error)
            )
        }
    }

    private static func output(
        _ configuration: ProxyConfiguration,
        _ info: TraceInfo,
        _ makeTrace: @escaping RecordingOutput.MakeTrace
    ) throws(CaptureError) -> RecordingOutput {
        do {
            return try RecordingOutput(
                info,
                selection: configuration.selection,
                redaction: configuration.redaction,
                rotation: configuration.rotation,
                makeTrace: makeTrace
            )
        } catch {
            throw .output(error)
        }
    }
}
