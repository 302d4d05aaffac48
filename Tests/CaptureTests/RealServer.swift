import Foundation
import Glibc
import NIOCore
import NIOPosix
import SystemPackage
import TestSupport
import Testing

/// nginx on the loopback device, with one port for HTTP/1.x and one for HTTP/2 with prior
/// knowledge, and tcpdump that captures what goes to both.
final class RealServer {
    /// The port that speaks HTTP/1.x.
    let port: Int
    /// The port that speaks HTTP/2.
    let http2Port: Int
    private let folder: TemporaryFolder
    private let nginx: Process
    private let tcpdump: Process
    private let capture: FilePath

    /// Whether the programs are there and may capture.
    static let isThere =
        CaptureTools.canCompare
        && ["nginx -v", "curl --version", "ab -V", "h2load --version", "wrk -v; true"]
            .allSatisfy { CaptureTools.output(of: ["sh", "-c", $0]) != nil }
    /// What is missing where it is not.
    static let needs: Comment = """
        needs tcpdump, the right to capture on lo, tshark, nginx, curl, wrk, ab and h2load
        """

    /// Starts both, and returns when they work.
    init() async throws {
        folder = try TemporaryFolder()
        (port, http2Port) = (try await Self.freePort(), try await Self.freePort())
        capture = folder.path.appending("day.pcap")
        nginx = Process()
        tcpdump = Process()
        try startServer()
        try startCapture()
    }

    deinit {
        // Tests run on threads that block the gentler signals, and children inherit that.
        for process in [nginx, tcpdump] where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// What makes a command run on the first processor that this process may use.
    ///
    /// Packets that leave from two processors can get into the capture in another order than that of
    /// their times.
    private static let onOneProcessor: [String] = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        let first = line?.split(separator: "\t").last?.prefix { $0.isNumber } ?? "0"
        return ["taskset", "-c", String(first)]
    }()

    /// Runs a client to its end; it has to succeed.
    func run(_ client: String...) throws {
        let output = CaptureTools.output(of: Self.onOneProcessor + client)
        try #require(output != nil, "\(client) fails")
    }

    /// A file in the folder of the test.
    func file(_ name: String, _ contents: String) throws -> String {
        let path = folder.path.appending(name).string
        try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Ends the capture once everything up to now is in it.
    func finishCapture() throws -> [UInt8] {
        // The mark is in the request and in the answer, of which the later one counts.
        try run("curl", "--silent", "http://127.0.0.1:\(port)/echo/the-last-one")
        let mark = Data("you asked for /echo/the-last-one".utf8)
        var bytes = Data()
        while bytes.range(of: mark) == nil {
            Thread.sleep(forTimeInterval: 0.05)
            try #require(tcpdump.isRunning, "tcpdump ended early")
            bytes = try Data(contentsOf: URL(fileURLWithPath: capture.string))
        }
        // What closes that connection is not waited for; it carries nothing.
        return Array(bytes)
    }

    // MARK: - Starting

    private static func freePort() async throws -> Int {
        let socket = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = socket.localAddress?.port ?? 0
        try await socket.close()
        return port
    }

    private func startServer() throws {
        let path = folder.path.string
        let big = String(repeating: "a long text, ", count: 20_000)
        try FileManager.default.createDirectory(
            atPath: "\(path)/www",
            withIntermediateDirectories: false
        )
        _ = try file("www/big.txt", big)
        _ = try file("www/small.txt", "a short one")
        let configuration = try file("nginx.conf", configuration(path))
        nginx.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        nginx.arguments =
            Self.onOneProcessor + ["nginx", "-e", "\(path)/errors", "-c", configuration]
        nginx.standardError = FileHandle.nullDevice
        try nginx.run()
        for _ in 0..<100 {
            let answer = ["curl", "--silent", "http://127.0.0.1:\(port)/echo/up"]
            if CaptureTools.output(of: answer) != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("nginx does not answer")
    }

    private func configuration(_ path: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(path)/nginx.pid;
        error_log \(path)/errors;
        events { worker_connections 512; }
        http {
            access_log off;
            default_type text/plain;
            gzip on;
            gzip_min_length 1000;
            client_max_body_size 16m;
            client_body_temp_path \(path);
            proxy_temp_path \(path);
            fastcgi_temp_path \(path);
            uwsgi_temp_path \(path);
            scgi_temp_path \(path);
            server {
                listen 127.0.0.1:\(port);
                listen 127.0.0.1:\(http2Port) http2;
                location / { root \(path)/www; }
                location /echo/ { return 200 "you asked for $request_uri"; }
                location /nothing { return 204; }
                location /upload { proxy_pass http://127.0.0.1:\(port)/echo/taken; }
            }
        }
        """
    }

    private func startCapture() throws {
        tcpdump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // What nginx says to itself as a proxy is traffic like any other. In immediate mode each packet
        // would take the room of the largest one, and a burst of a few hundred would not fit.
        tcpdump.arguments = [
            "tcpdump", "-i", "lo", "-U", "-B", "65536", "-w", "-",
            "tcp port \(port) or tcp port \(http2Port)",
        ]
        let messages = Pipe()
        _ = try file("day.pcap", "")
        tcpdump.standardOutput = try FileHandle(
            forWritingTo: URL(fileURLWithPath: capture.string)
        )
        tcpdump.standardError = messages
        try tcpdump.run()
        var said = Data()
        while said.range(of: Data("listening on".utf8)) == nil {
            let more = messages.fileHandleForReading.availableData
            try #require(!more.isEmpty, "tcpdump ended early")
            said += more
        }
    }
}
