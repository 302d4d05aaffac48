import Foundation
import Subprocess
import SystemPackage
import Testing

/// What `load` counts, beside what the servers that it was aimed at counted.
@Suite(.timeLimit(.minutes(5)))
struct LoadCountTests {
    private static let hasNginx = FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")

    @Test(.enabled(if: hasNginx, "needs nginx"))
    func nginxLogsEachRequestThatIsCounted() async throws {
        let program = try Program()
        try await withNginx(program) { log in
            let figures = try await load(
                program,
                ["-n", "500", "-w", "0", "-c", "8", "--scenario", "mix.toml"]
            )
            let lines = try await log(500)
            #expect(try figures["total_requests"].number == 500)
            #expect(lines.count == 500)
            for (request, count) in ["GET /there 200": 300, "POST /there 200": 100] {
                #expect(lines.count { $0.request == request } == count, "\(request)")
            }
            #expect(lines.count { $0.request == "GET /gone 404" } == 100)
            #expect(try figures["successful_requests"].number == 400)
            #expect(try figures["failed_requests"].number == 100)
            #expect(Set(lines.map(\.connection)).count == 8)
        }
    }

    @Test(.enabled(if: hasNginx, "needs nginx"))
    func theWarmUpIsLeftOutAndNothingElse() async throws {
        let program = try Program()
        try await withNginx(program) { log in
            let output = try await program.run(
                ["load", "-d", "0.3", "-w", "0.2", "-c", "4", "--json"] + target(program)
            )
            #expect([0, 3].contains(output.status), "\(output)")
            let total = Int(try JSON(output.output)["total_requests"].number ?? 0)
            let warm = try #require(output.errors.firstMatch(of: /left out: ([0-9]+) requests/))
            let all = total + (Int(warm.1) ?? 0)
            #expect(total > 0)
            #expect(try await log(all).count == all, "\(output.errors)")
        }
    }

    @Test(.enabled(if: hasNginx, "needs nginx"))
    func withoutKeepaliveEachRequestHasAConnection() async throws {
        let program = try Program()
        try await withNginx(program) { log in
            _ = try await load(program, ["-n", "60", "-w", "0", "-c", "4", "--no-keepalive"])
            let lines = try await log(60)
            #expect(lines.count == 60)
            #expect(Set(lines.map(\.connection)).count == 60)
        }
    }

    @Test func theStandInCountsTheSame() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let before = try await requestsServed(by: shop, program)
            let finished = try await program.run(
                ["load", "-n", "700", "-w", "0", "-c", "5", "--json", "\(shop)/health"]
            )
            #expect(try JSON(finished.output)["total_requests"].number == 700, "\(finished)")
            // The question itself is one more.
            #expect(try await requestsServed(by: shop, program) == before + 701)
        }
    }

    private func requestsServed(by server: String, _ program: Program) async throws -> Int {
        let answer = try await program.shell("curl --silent --fail \(server)/metrics")
        let count = try #require(
            answer.output.firstMatch(of: /\nmik_requests_total ([0-9]+)/),
            "\(answer)"
        )
        return try #require(Int(count.1))
    }
}

// MARK: - nginx

/// A line of nginx's log.
private struct LoggedRequest {
    /// Method, path and status.
    let request: String
    /// The number of its connection.
    let connection: Substring
}

extension LoadCountTests {
    private func target(_ program: Program) -> [String] {
        ["--target", "unix://\(program.file("nginx.socket"))", "--scenario", "one.toml"]
    }

    private func load(_ program: Program, _ options: [String]) async throws -> JSON {
        // The last of two equal options counts.
        let arguments = ["load", "--json"] + target(program) + options
        let finished = try await program.run(arguments)
        #expect([0, 3].contains(finished.status), "\(finished)")
        return try JSON(finished.output)
    }

    /// Lends what reads nginx's log once it has as many lines as are expected, or as there come.
    private func withNginx(
        _ program: Program,
        body: (_ log: (_ expected: Int) async throws -> [LoggedRequest]) async throws -> Void
    ) async throws {
        let path = program.folder.string
        let one = "[[request]]\npath = \"/there\"\n"
        let mix = """
            [[request]]
            path = "/there"
            weight = 3

            [[request]]
            path = "/there"
            method = "POST"
            body = "{}"

            [[request]]
            path = "/gone"
            """
        for (name, text) in [
            ("one.toml", one), ("mix.toml", mix), ("nginx.conf", configuration(path)),
        ] {
            try Data(text.utf8).write(to: program.url(name))
        }
        try await program.running(
            ["-e", "\(path)/errors", "-c", "\(path)/nginx.conf"],
            by: .name("nginx")
        ) { nginx in
            let up = try await program.shell(
                """
                for _ in $(seq 100); do
                    curl --silent --unix-socket nginx.socket http://nginx/up && exit
                    sleep 0.1
                done
                cat errors; exit 1
                """
            )
            try #require(up.status == 0, "\(up)")
            try await body { expected in
                var lines: [LoggedRequest] = []
                // A line is written when its response is on its way.
                for _ in 0..<100 {
                    lines = try loggedRequests(program)
                    if lines.count >= expected { break }
                    try await Task.sleep(for: .milliseconds(20))
                }
                return lines
            }
            nginx.send(.kill)
        }
    }

    private func loggedRequests(_ program: Program) throws -> [LoggedRequest] {
        try String(contentsOf: program.url("access"), encoding: .utf8).split(separator: "\n")
            .map { line in
                let words = line.split(separator: " ")
                return LoggedRequest(
                    request: words.dropLast().joined(separator: " "),
                    connection: words[words.count - 1]
                )
            }
            .filter { !$0.request.contains("/up ") }
    }

    private func configuration(_ path: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(path)/nginx.pid;
        events { worker_connections 512; }
        http {
            log_format counted '$request_method $uri $status $connection';
            access_log \(path)/access counted;
            keepalive_requests 1000000;
            client_body_temp_path \(path);
            proxy_temp_path \(path);
            fastcgi_temp_path \(path);
            uwsgi_temp_path \(path);
            scgi_temp_path \(path);
            server {
                listen unix:\(path)/nginx.socket;
                location /there { return 200 '{"stock":12}'; }
                location /gone { return 404; }
                location /up { return 200; }
            }
        }
        """
    }
}
