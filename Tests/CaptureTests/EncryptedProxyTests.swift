@testable import Capture
import Encryption
import NIOCore
import NIOSSL
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// A proxy between ends that speak TLS, with certificates that the test makes.
@Suite(.timeLimit(.minutes(5))) struct EncryptedProxyTests {
    private let certificate: TestCertificate

    init() throws { certificate = try TestCertificate() }

    private var identity: Identity {
        Identity(certificates: certificate.certificate, key: certificate.key)
    }

    // MARK: - The ends

    private func startOrigin() async throws -> ProxyOrigin {
        let certificates = try NIOSSLCertificate.fromPEMFile(certificate.certificate.string)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(
                    NIOSSLPrivateKey(file: certificate.key.string, format: .pem)
                )
            )
        )
        return try await ProxyOrigin.start(with: { [NIOSSLServerHandler(context: context)] })
    }

    /// A client that believes the certificate, or nobody.
    private func connect(to session: ProxySession, isTrusting: Bool = true) async throws
        -> ProxyPeer
    {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if isTrusting { configuration.trustRoots = .file(certificate.certificate.string) }
        let context = try NIOSSLContext(configuration: configuration)
        return try await ProxyPeer.connect(to: session.proxy.port) {
            [try NIOSSLClientHandler(context: context, serverHostname: "localhost")]
        }
    }

    /// A client and a server with a proxy between them, encrypted on both sides.
    private func encryptedEnds() async throws -> (
        origin: ProxyOrigin, session: ProxySession, client: ProxyPeer, server: ProxyPeer
    ) {
        let origin = try await startOrigin()
        let session = try await ProxySession(
            upstreamPort: origin.port,
            changing: encryptBothSides
        )
        let client = try await connect(to: session)
        return (origin, session, client, try await origin.accept())
    }

    private func encryptBothSides(_ configuration: inout ProxyConfiguration) {
        configuration.identity = identity
        encryptUpstream(&configuration)
    }

    private func encryptUpstream(_ configuration: inout ProxyConfiguration) {
        configuration.upstreamHost = "localhost"
        configuration.upstreamTrust = .authorities(certificate.certificate)
    }

    // MARK: - Traffic

    @Test func plaintextIsRecordedOfWhatIsEncryptedOnBothSides() async throws {
        let (origin, session, client, server) = try await encryptedEnds()
        for name in ["one", "two"] {
            try await client.send(get("/\(name)"))
            #expect(await server.receive(get("/\(name)").utf8.count) == Array(get("/\(name)").utf8))
            try await server.send(response(name))
            #expect(await client.receive(response(name).utf8.count) == Array(response(name).utf8))
        }
        try await client.endOutput()
        #expect(await server.receiveToEnd().end == .finished)
        try await server.endOutput()
        #expect(await client.receiveToEnd() == ([], .finished))

        let recording = try await session.stop()
        #expect(
            recording.exchanges.map(\.story) == [
                "GET /one HTTP/1.1 → 200: complete", "GET /two HTTP/1.1 → 200: complete",
            ]
        )
        #expect(recording.exchanges.first?.response?.message.body.bytes == Array("one".utf8))
        #expect(recording.openings.count == 1)
        #expect(recording.closings.map(\.by) == [.client])
        #expect(recording.ledger["oddities", "failed_client_handshakes"] == 0)
        try await origin.stop()
    }

    @Test func aServerCanEndABodyByClosing() async throws {
        let (origin, session, client, server) = try await encryptedEnds()
        try await client.send(get("/"))
        #expect(await server.receive(get("/").utf8.count) == Array(get("/").utf8))
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end"
        try await server.send(answer)
        try await server.endOutput()
        #expect(await client.receiveToEnd() == (Array(answer.utf8), .finished))
        try await client.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["GET / HTTP/1.1 → 200: complete"])
        try await origin.stop()
    }

    @Test func largeBodiesPassToAClientThatReadsLate() async throws {
        let (origin, session, client, server) = try await encryptedEnds()
        let body = [UInt8](repeating: 0x61, count: 24 << 20)
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        try await client.send(get("/big"))
        #expect(await server.receive(get("/big").utf8.count) == Array(get("/big").utf8))
        try await client.pauseReading()
        let isSent = server.beginSending(head + body)
        try await Task.sleep(for: .milliseconds(200))
        try await client.resumeReading()
        #expect(await client.receive(head.count + body.count) == head + body)
        try await isSent.get()
        try await client.endOutput()
        try await server.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.story) == ["GET /big HTTP/1.1 → 200: complete"])
        try await origin.stop()
    }

    @Test func forwardedFieldsNameTheClientsProtocol() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.identity = identity
            $0.addsForwardedFields = true
        }
        let client = try await connect(to: session)
        let server = try await origin.accept()
        try await client.send(get("/"))
        try await client.endOutput()
        let request = String(decoding: await server.receiveToEnd().bytes, as: UTF8.self)
        #expect(request.contains("X-Forwarded-Proto: https\r\n"))
        _ = try await session.stop(drain: 100_000_000)
        try await origin.stop()
    }

    // MARK: - Ends and failures

    @Test func aClientMayLeaveWithoutAGoodbye() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.identity = identity
        }
        let client = try await connect(to: session)
        let server = try await origin.accept()
        try await client.send(get("/"))
        #expect(await server.receive(get("/").utf8.count) == Array(get("/").utf8))
        try await server.send(response("ok"))
        #expect(await client.receive(response("ok").utf8.count) == Array(response("ok").utf8))
        try await client.closeSocket()
        #expect(await server.receiveToEnd() == ([], .finished))
        try await server.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.end) == [.complete])
        #expect(recording.closings.map(\.by) == [.client])
        try await origin.stop()
    }

    @Test func aServersBodyWithoutAGoodbyeIsNotWhole() async throws {
        let origin = try await startOrigin()
        let session = try await ProxySession(
            upstreamPort: origin.port,
            changing: encryptUpstream
        )
        let client = try await session.connect()
        let server = try await origin.accept()
        try await client.send(get("/"))
        #expect(await server.receive(get("/").utf8.count) == Array(get("/").utf8))
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nperhaps not to the end"
        try await server.send(answer)
        #expect(await client.receive(answer.utf8.count) == Array(answer.utf8))
        try await server.closeSocket()
        #expect(await client.receiveToEnd() == ([], .reset))

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.end) != [.complete])
        #expect(recording.closings.map(\.by) == [.serverReset])
        try await origin.stop()
    }

    @Test func aClientThatBelievesNobodyIsCounted() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.identity = identity
        }
        let wary = try await connect(to: session, isTrusting: false)
        #expect(await wary.receiveToEnd().bytes == [])
        let plain = try await session.connect()
        try await plain.send(get("/"))
        #expect(await plain.receiveToEnd().end != nil)

        let recording = try await session.stop()
        #expect(recording.exchanges.isEmpty)
        #expect(recording.closings.map(\.by) == [.clientReset, .clientReset])
        #expect(recording.ledger["oddities", "failed_client_handshakes"] == 2)
        try await origin.stop()
    }

    @Test func anUpstreamThatIsNotBelievedIsUnreachable() async throws {
        let origin = try await startOrigin()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.upstreamHost = "localhost"
            $0.upstreamTrust = .system
        }
        let client = try await session.connect()
        try await client.send(get("/"))
        let answer = String(decoding: await client.receiveToEnd().bytes, as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 502 "))
        #expect(answer.contains("can't be reached: encryption fails: "))
        try await client.endOutput()

        let recording = try await session.stop()
        #expect(recording.exchanges.map(\.end) == [.upstreamUnreachable])
        #expect(recording.ledger["oddities", "failed_upstream_handshakes"] == 1)
        #expect(recording.ledger["oddities", "unreachable_upstreams"] == 1)
        try await origin.stop()
    }

    @Test func aProxyStopsThoughAClientNeverShakesHands() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.identity = identity
        }
        let silent = try await session.connect()
        _ = try await origin.accept()
        let recording = try await session.stop()
        #expect(recording.exchanges.isEmpty)
        #expect(await silent.receiveToEnd().bytes == [])
        try await origin.stop()
    }

    @Test func aClientThatNeverShakesHandsIsGivenUp() async throws {
        let origin = try await ProxyOrigin.start()
        let session = try await ProxySession(upstreamPort: origin.port) {
            $0.identity = identity
            $0.handshakeLimit = 20_000_000
        }
        let silent = try await session.connect()
        #expect(await silent.receiveToEnd().bytes == [])
        let recording = try await session.stop()
        #expect(recording.exchanges.isEmpty)
        #expect(recording.ledger["oddities", "failed_client_handshakes"] == 1)
        try await origin.stop()
    }

    // MARK: - Files

    @Test func filesThatAreNotWhatTheyShouldBeKeepTheProxyFromStarting() async throws {
        let other = try TestCertificate()
        let (certificates, key) = (certificate.certificate, certificate.key)
        let wrong = [
            (key, key, "\(key) holds no certificates (PEM) that can be read"),
            (
                certificates, certificates,
                "\(certificates) holds no private key (PEM) that can be read"
            ),
            (certificates, other.key, "\(other.key) is not the key of \(certificates)"),
        ]
        for (certificates, key, reason) in wrong {
            await #expect(throws: CaptureError.unusableEncryption(reason: reason)) {
                _ = try await ProxySession(upstreamPort: 1) {
                    $0.identity = Identity(certificates: certificates, key: key)
                }
            }
        }
        let reason = "\(key) holds no certificates (PEM) that can be read"
        await #expect(throws: CaptureError.unusableEncryption(reason: reason)) {
            _ = try await ProxySession(upstreamPort: 1) { $0.upstreamTrust = .authorities(key) }
        }
    }
}
