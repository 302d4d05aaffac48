import Encryption
import NIOSSL
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@testable import Replayer

/// Replays against https targets whose certificates the test makes.
@Suite struct EncryptedTargetTests {
    private static func serverContext(of made: TestCertificate) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMFile(made.certificate.string)
        let key = try NIOSSLPrivateKey(file: made.key.string, format: .pem)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        return try NIOSSLContext(configuration: configuration)
    }

    private let folder: TemporaryFolder
    private let trace: FilePath
    private let origin: LoopbackOrigin
    private let certificate: TestCertificate

    init() async throws {
        folder = try TemporaryFolder()
        certificate = try TestCertificate()
        trace = try makeTrace(in: folder, connections: 2, each: 3)
        let encryption = try Self.serverContext(of: certificate)
        origin = try await LoopbackOrigin(encryption: encryption) { _ in LoopbackOrigin.ok }
    }

    private func configuration(_ host: String, _ trust: Trust) -> ReplayConfiguration {
        var configuration = ReplayConfiguration(
            target: Target(host: host, port: origin.port, isEncrypted: true),
            pace: .maximum
        )
        configuration.trust = trust
        return configuration
    }

    @Test func requestsArriveDecrypted() async throws {
        let trusts = [
            ("localhost", Trust.authorities(certificate.certificate)), ("127.0.0.1", .anyone),
        ]
        for (host, trust) in trusts {
            let folder = try TemporaryFolder()
            let (counts, outcomes, _) = try await replay(
                trace,
                in: folder,
                configuration(host, trust)
            )
            #expect(counts.completed == 6 && counts.sent == 6)
            #expect(outcomes.allSatisfy { $0.status == 200 })
            let opened = outcomes.filter { $0.connectDuration != nil }
            #expect(opened.count == 2)
            #expect(
                opened.allSatisfy { outcome in
                    1...(outcome.connectDuration ?? 0) ~= outcome.handshakeDuration ?? 0
                }
            )
        }
        #expect(origin.requests.count == 12)
        #expect(origin.requests[0].head.contains("\r\nHost: localhost:\(origin.port)\r\n"))
        try await origin.stop()
    }

    @Test func aCertificateThatNobodyBelievesIsToldBeforeTheRun() async throws {
        for (host, trust) in [
            ("localhost", Trust.system), ("127.0.0.1", .authorities(certificate.certificate)),
        ] {
            await #expect(throws: ReplayError.self) {
                _ = try await replay(trace, in: folder, configuration(host, trust))
            }
        }
        #expect(origin.requests.isEmpty)
        try await origin.stop()
    }

    @Test func aTargetThatDoesNotEncryptIsToldBeforeTheRun() async throws {
        let plain = try await LoopbackOrigin { _ in LoopbackOrigin.ok }
        var configuration = configuration("127.0.0.1", .anyone)
        configuration.target.port = plain.port
        configuration.limits.timeout = 300_000_000
        await #expect(throws: ReplayError.self) {
            _ = try await replay(trace, in: folder, configuration)
        }
        try await plain.stop()
        try await origin.stop()
    }

    @Test func authoritiesThatAreNoneAreRefused() async throws {
        let file = certificate.key
        await #expect(
            throws: ReplayError.unusableTrust(
                reason: "\(file) holds no certificates (PEM) that can be read"
            )
        ) {
            _ = try await replay(trace, in: folder, configuration("localhost", .authorities(file)))
        }
        try await origin.stop()
    }

    @Test func connectionsThatFailToEncryptAreFailuresOfTheirOwn() async throws {
        // The one that is tried beforehand and the first one of the run are let in.
        let encryption = try Self.serverContext(of: certificate)
        let picky = try await LoopbackOrigin(encryption: encryption, connectionLimit: 2) { _ in
            LoopbackOrigin.ok
        }
        var configuration = configuration("127.0.0.1", .anyone)
        configuration.target.port = picky.port
        let (counts, outcomes, _) = try await replay(trace, in: folder, configuration)
        #expect(counts.sent == 6 && counts.completed == 3 && counts.failed == 3)
        let failed = outcomes.filter { $0.result != .completed }
        #expect(failed.allSatisfy { $0.result == .failed(.tlsFailed) })
        try await picky.stop()
        try await origin.stop()
    }
}
