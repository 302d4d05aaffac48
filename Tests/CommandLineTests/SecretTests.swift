import Foundation
import FoundationNetworking
import Subprocess
import Testing
import TraceFormat

/// Credentials stay out of traces, whatever records them, unless the user wants them in.
@Suite(.timeLimit(.minutes(5)))
struct SecretTests {
    /// Records a login with a token in three places.
    private func record(_ options: String..., with program: Program) async throws -> Exchange {
        let body = #"{"user":"ann","token":"SECRET"}"#
        try await program.standIn { shop, _ in
            let arguments = [
                "record", "proxy", "--listen", "127.0.0.1:0", "--upstream", shop, "-o", "day.mtr",
                "--force",
            ]
            let finished = try await program.running(arguments + options) { proxy in
                var request = URLRequest(
                    url: try #require(
                        URL(string: try await proxy.url() + "/run/login?token=SECRET&a=b")
                    )
                )
                request.httpMethod = "POST"
                request.httpBody = Data(body.utf8)
                request.setValue("Bearer SECRET", forHTTPHeaderField: "Authorization")
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
                _ = try await URLSession.shared.data(for: request)
                proxy.send(.terminate)
            }
            #expect(finished.status == 0, "\(finished)")
        }
        return try #require(try exchanges(of: program.file("day.mtr")).first)
    }

    @Test func whatTheUserNamesIsReplacedEverywhere() async throws {
        let program = try Program()
        try Data("a secret of sixteen bytes or more".utf8).write(to: program.url("key"))
        let exchange = try await record(
            "--redact-query",
            "token",
            "--redact-json",
            "$.token",
            "--redact-key",
            "key",
            with: program
        )
        let head = String(decoding: exchange.request.head, as: UTF8.self)
        let body = String(decoding: try #require(exchange.request.body.bytes), as: UTF8.self)
        #expect(!head.contains("SECRET") && !body.contains("SECRET"))
        let token = try #require(body.split(separator: #""token":""#).last?.prefix(6))
        #expect(head.contains("Authorization: Bearer \(token)\r\n"))
        #expect(head.hasPrefix("POST /run/login?token=\(token)&a=b HTTP/1.1\r\n"))
        #expect(body.hasPrefix(#"{"user":"ann","#))
        let mode = try FileManager.default.attributesOfItem(atPath: program.url("day.mtr").path)[
            .posixPermissions
        ]
        #expect(mode as? Int == 0o600)
    }

    @Test func credentialsAreKeptWhenThatIsWanted() async throws {
        let program = try Program()
        let exchange = try await record("--keep-sensitive", with: program)
        let head = String(decoding: exchange.request.head, as: UTF8.self)
        #expect(head.contains("Authorization: Bearer SECRET\r\n"))
    }

    @Test(arguments: [
        (["--keep-sensitive", "--redact", "X-Token"], "exclude each other"),
        (["--redact", "Content-Length"], "'Content-Length' can't be redacted"),
        (["--redact-json", "$.a["], "the JSON path '$.a[' is wrong"),
    ])
    func anOptionThatMakesNoSense(_ options: [String], _ complaint: String) async throws {
        let program = try Program()
        let finished = try await program.run(
            ["record", "proxy", "-o", "new.mtr", "--listen", "127.0.0.1:0"] + options
        )
        #expect(finished.status == 64)
        #expect(finished.errors.contains(complaint), "\(finished)")
        #expect(try program.fileNames == [])
    }

    @Test func aKeyFileThatIsNotThereIsMissingInput() async throws {
        let program = try Program()
        let finished = try await program.run(
            "record",
            "proxy",
            "-o",
            "new.mtr",
            "--listen",
            "127.0.0.1:0",
            "--redact-key",
            "none"
        )
        finished.expectFailure(66, saying: "cannot read none: No such file or directory")
    }
}
