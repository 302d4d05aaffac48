import Subprocess
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// The proxy between curl and another proxy, all of them speaking TLS.
@Suite(.timeLimit(.minutes(5))) struct EncryptedProxyStoryTests {
    @Test func curlSpeaksTLSThroughTwoProxies() async throws {
        let program = try Program()
        let made = try TestCertificate(name: "localhost")
        try await program.standIn { shop, _ in
            let server = ["--tls-cert", made.certificate.string, "--tls-key", made.key.string]
            try await program.recording(shop, into: "inner.mtr", options: server) { inner in
                let url = inner.replacing("127.0.0.1", with: "localhost")
                #expect(url.hasPrefix("https://localhost:"))
                let both = server + ["--ca", made.certificate.string]
                try await program.recording(url, into: "outer.mtr", options: both) { outer in
                    let outer = outer.replacing("127.0.0.1", with: "localhost")
                    let curl = try await program.run(
                        [
                            "--silent", "--fail", "--cacert", made.certificate.string,
                            "\(outer)/health", "\(outer)/run/echo",
                        ],
                        by: .name("curl")
                    )
                    #expect(curl.status == 0, "\(curl)")
                }
            }
        }
        for trace in ["inner.mtr", "outer.mtr"] {
            let recorded = try exchanges(of: program.file(trace))
            #expect(recorded.map(\.methodAndTarget) == ["GET /health", "GET /run/echo"])
            #expect(recorded.allSatisfy { $0.end == .complete && $0.response?.status == 200 })
        }
    }

    @Test func aKeyThatCannotBeReadIsMissingInput() async throws {
        let program = try Program()
        let failed = try await program.run(
            "record",
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            "none.pem",
            "--tls-key",
            "none.key",
            "-o",
            "day.mtr"
        )
        #expect(failed.status == 66)
        #expect(failed.errors.contains("none.pem holds no certificates (PEM) that can be read"))
        let lonely = try await program.run(
            "record",
            "proxy",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            "none.pem",
            "-o",
            "day.mtr"
        )
        #expect(lonely.status == 64)
    }
}
