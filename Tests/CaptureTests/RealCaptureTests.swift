@testable import Capture
import Foundation
import NIOCore
import NIOPosix
import Testing
import TraceFormat

/// The programs that these tests need and the rights to use them.
enum CaptureTools {
    /// Whether tcpdump is there and may capture on the loopback device.
    static let canCapture = succeeds(["tcpdump", "-i", "lo", "-L"])
    /// Whether tshark is there as well.
    static let canCompare = canCapture && succeeds(["tshark", "--version"])

    /// What a command prints to standard output; `nil` when it fails.
    static func output(of arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    private static func succeeds(_ arguments: [String]) -> Bool { output(of: arguments) != nil }
}

/// Captures of real traffic on the loopback device.
@Suite(.timeLimit(.minutes(5)))
struct RealCaptureTests {
    private static let paths = (0..<40).map {
        "/path/\($0)?q=\(String(repeating: "x", count: $0 * 37))"
    }

    @Test(.enabled(if: CaptureTools.canCapture, "needs tcpdump and the right to capture on lo"))
    func captureHoldsWhatTheClientSent() async throws {
        let (capture, port) = try await Self.captureTraffic()
        let options = CaptureOptions(ports: try PortSelection(parsing: "\(port)"), bodies: .all)
        let (summary, trace) = try record(file: capture, options: options)
        let exchanges = try records(of: trace).records.exchanges
        #expect(summary.warnings == [])
        let complete = exchanges.filter { $0.end == .complete }
        #expect(
            complete.map(\.story).filter { !$0.contains("the-end") }
                == Self.paths.map { "GET \($0) HTTP/1.1 → 200: complete" }
        )
        for (path, exchange) in zip(Self.paths, exchanges) {
            #expect(exchange.request.head == Array(get(path).utf8))
            #expect(exchange.response?.message.body.bytes == Array(path.utf8))
            #expect(exchange.request.lastByteTime <= exchange.response?.message.firstByteTime ?? 0)
        }
        #expect(try record(file: capture, options: options).trace.bytes == trace.bytes)
    }

    @Test(
        .enabled(
            if: CaptureTools.canCompare,
            "needs tcpdump, the right to capture on lo, and tshark"
        )
    )
    func tsharkFindsTheSame() async throws {
        let (capture, port) = try await Self.captureTraffic()
        let file = try CaptureFile(capture)
        let output = try #require(
            CaptureTools.output(of: [
                "tshark", "-r", file.path, "-d", "tcp.port==\(port),http", "-Y", "http", "-T",
                "fields",
                "-E", "occurrence=a", "-E", "aggregator=|", "-E", "separator=,", "-e", "tcp.stream",
                "-e", "http.request.method", "-e", "http.request.uri", "-e", "http.response.code",
            ])
        )
        let lines = output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let theirRequests = lines.flatMap { line in
            line[2].split(separator: "|").map { "\(line[0]) \($0)" }
        }
        let theirStatuses = lines.flatMap { line in
            line[3].split(separator: "|").map { "\(line[0]) \($0)" }
        }
        let options = CaptureOptions(ports: try PortSelection(parsing: "\(port)"))
        let exchanges = try records(of: try record(file: capture, options: options).trace).records
            .exchanges
        let ourRequests = exchanges.map {
            "\($0.connection) \(String(decoding: $0.request.head, as: UTF8.self).split(separator: " ")[1])"
        }
        let ourStatuses = exchanges.compactMap { exchange in
            exchange.response.map { "\(exchange.connection) \($0.status)" }
        }
        #expect(ourRequests == theirRequests)
        #expect(ourStatuses == theirStatuses)
    }

    /// Captures a keep-alive connection, one that pipelines, and one that marks the end.
    private static func captureTraffic() async throws -> (capture: [UInt8], port: Int) {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PathEchoHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let tcpdump = Process()
        tcpdump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tcpdump.arguments = [
            "tcpdump", "-i", "lo", "-U", "--immediate-mode", "-w", "-", "tcp port \(port)",
        ]
        let (packets, messages) = (Pipe(), Pipe())
        tcpdump.standardOutput = packets
        tcpdump.standardError = messages
        try tcpdump.run()
        defer {
            // Tests run on threads that block the gentler signals, and children inherit that.
            kill(tcpdump.processIdentifier, SIGKILL)
            tcpdump.waitUntilExit()
        }
        try read(messages, until: "listening on")
        try await exchange(paths[..<20], port: port, isPipelined: false)
        try await exchange(paths[20...], port: port, isPipelined: true)
        try await exchange(["/the-end"], port: port, isPipelined: false)
        // The last response's body is the second place with the mark.
        let capture = try read(packets, until: "\r\n\r\n/the-end")
        try await server.close()
        return (capture, port)
    }

    @discardableResult
    private static func read(_ pipe: Pipe, until mark: String) throws -> [UInt8] {
        var data = Data()
        while data.range(of: Data(mark.utf8)) == nil {
            let more = pipe.fileHandleForReading.availableData
            try #require(!more.isEmpty, "tcpdump ended early")
            data += more
        }
        return Array(data)
    }

    private static func exchange(
        _ paths: ArraySlice<String>,
        port: Int,
        isPipelined: Bool
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var input = inbound.makeAsyncIterator()
            let batches = isPipelined ? [paths] : paths.indices.map { paths[$0...$0] }
            for batch in batches {
                try await outbound.write(ByteBuffer(string: batch.map { get($0) }.joined()))
                var left = batch.reduce(0) { $0 + response($1).utf8.count }
                while left > 0, let part = try await input.next() { left -= part.readableBytes }
            }
        }
    }
}

/// Answers each request with its own target as the body.
private final class PathEchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var received = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        var answers = ""
        while let end = received.range(of: "\r\n\r\n") {
            answers += response(String(received.split(separator: " ")[1]))
            received.removeSubrange(..<end.upperBound)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answers)), promise: nil)
    }
}
