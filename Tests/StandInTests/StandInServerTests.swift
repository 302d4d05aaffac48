import NIOCore
import NIOPosix
import StandIn
import Synchronization
import Testing

/// Modules whose times are either nothing or for ever, so that no test depends on how long it takes.
private let configuration = StandInConfiguration(
    modules: [
        "quick": ModuleBehaviour(load: .zero, service: .zero, response: .json(byteCount: 64)),
        "late": ModuleBehaviour(
            load: .milliseconds(1),
            service: .milliseconds(5),
            response: .json(byteCount: 64)
        ),
        "echo": ModuleBehaviour(load: .milliseconds(1), service: .zero, response: .echo),
        "crash": ModuleBehaviour(load: .zero, service: .milliseconds(1), failure: .trap),
        "large": ModuleBehaviour(
            load: .zero,
            service: .zero,
            response: .json(byteCount: 4 * 1024 * 1024)
        ),
        "never": ModuleBehaviour(load: .seconds(86_400), service: .zero),
    ],
    scripts: ["checkout": ScriptBehaviour(calls: ["quick"], service: .zero)],
    permitsPerModule: 3,
    bodyLimit: 1000
)

/// Runs the body against a server of its own.
private func withServer(
    log: (@Sendable (String) -> Void)? = nil,
    _ body: (StandInServer) async throws -> Void
) async throws {
    let server = try await StandInServer.start(configuration: configuration, log: log)
    do {
        try await body(server)
    } catch {
        try await server.stop()
        throw error
    }
    try await server.stop()
}

/// Asks another question until the condition holds; the suite's time limit ends a wait in vain.
private func until(_ server: StandInServer, _ condition: (StandInServer) -> Bool) async throws {
    let poll = try await RawClient.connect(to: server)
    while !condition(server) { _ = try await poll.get("/health") }
    try await poll.close()
}

@Suite(.timeLimit(.minutes(5))) struct StandInServerTests {
    @Test func answersCarryMiksFieldsInLowerCase() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            try await client.send(
                "GET /run/quick HTTP/1.1\r\nHost: a\r\nTraceparent: \(traceparent)\r\n\r\n"
            )
            let response = try #require(await client.response())
            #expect(response.statusLine == "HTTP/1.1 200 OK")
            #expect(
                response.fields.map(\.name) == [
                    "content-type", "x-mik-duration-ms", "x-mik-handler", "x-request-id",
                    "traceparent", "content-length", "date",
                ]
            )
            #expect(response["traceparent"] == traceparent)
            #expect(response["x-request-id"] == server.loads.first?.requestID)
            #expect(response["date"]?.hasSuffix(" GMT") == true)
            #expect(response.body.count == 64)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            let targets = ["/run/late", "/health", "/run/quick", "/script/checkout", "/nowhere"]
            try await client.send(
                targets.map { "GET \($0) HTTP/1.1\r\nhost: a\r\n\r\n" }.joined()
            )
            #expect(await client.response()?["x-mik-handler"] == "late")
            #expect(await client.response()?.text.contains("\"total_requests\": 2") == true)
            #expect(await client.response()?["x-mik-handler"] == "quick")
            #expect(await client.response()?.text.contains("\"calls_executed\":1") == true)
            #expect(await client.response()?.status == 404)
            #expect(server.requestCount == 5)
        }
    }

    @Test func bodiesArriveWholeWhetherCountedOrChunked() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "POST /run/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\npi"
            )
            try await client.send("ng")
            #expect(await client.response()?.text == "ping")
            try await client.send(
                "POST /run/echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
                    + "2\r\npo\r\n2\r\nng\r\n0\r\n\r\n"
            )
            #expect(await client.response()?.text == "pong")
        }
    }

    @Test func aChunkedBodyOverTheLimitGets413AndTheConnectionGoesOn() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            let chunk = "1f4\r\n" + String(repeating: "x", count: 500) + "\r\n"
            try await client.send(
                "POST /run/echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
                    + chunk + chunk + "1\r\nx\r\n0\r\n\r\n"
            )
            #expect(await client.response()?.status == 413)
            #expect(try await client.get("/run/quick")?.status == 200)
        }
    }

    @Test func aTrapClosesTheConnectionWithoutOneByte() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send("GET /run/crash HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(await client.rest() == [])
        }
    }

    @Test func aTrapBehindAnotherRequestLetsItsResponseThrough() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "GET /run/late HTTP/1.1\r\nhost: a\r\n\r\nGET /run/crash HTTP/1.1\r\nhost: a\r\n\r\n"
                    + "GET /health HTTP/1.1\r\nhost: a\r\n\r\n"
            )
            #expect(await client.response()?.status == 200)
            #expect(await client.rest() == [])
        }
    }

    @Test func concurrentFirstRequestsAllLoadAndTheOneAboveThePermitsGets429() async throws {
        let lines = Mutex<[String]>([])
        try await withServer(log: { line in lines.withLock { $0.append(line) } }) { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await RawClient.connect(to: server)
                try await client.send("GET /run/never/x?q HTTP/1.1\r\nhost: a\r\n\r\n")
                clients.append(client)
            }
            try await until(server) { $0.loads.count == 3 }
            let client = try await RawClient.connect(to: server)
            let refused = try #require(try await client.get("/run/never"))
            #expect(refused.status == 429)
            #expect(refused["retry-after"] == "5")
            #expect(server.loads.map(\.module) == ["never", "never", "never"])
        }
        let logged = lines.withLock { $0 }.filter { $0.contains("never") }
        #expect(logged.count == 3)
        #expect(logged.allSatisfy { $0.hasSuffix("Loading module: never (131072 bytes)") })
        #expect(logged.allSatisfy { $0.contains(" method=GET path=/run/never/x remote_addr=127.") })
    }

    @Test func aClientThatGoesAwayGivesItsPermitBack() async throws {
        try await withServer { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await RawClient.connect(to: server)
                try await client.send("GET /run/never HTTP/1.1\r\nhost: a\r\n\r\n")
                clients.append(client)
            }
            try await until(server) { $0.loads.count == 3 }
            try await clients[0].close()
            try await clients[1].closeSendingSide()
            #expect(await clients[1].rest() == [])
            // Refused until the server has noticed; then a request is admitted, and loads.
            let client = try await RawClient.connect(to: server)
            try await until(server) { _ in true }
            while server.loads.count == 3 {
                try await client.send("GET /run/never HTTP/1.1\r\nhost: a\r\n\r\n")
                let refusedOrAdmitted = server.requestCount
                try await until(server) { $0.requestCount > refusedOrAdmitted + 1 }
            }
        }
    }

    @Test func fiveUnknownModulesOpenTheBreaker() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            for _ in 0..<5 { #expect(try await client.get("/run/nothing")?.status == 404) }
            let refused = try #require(try await client.get("/run/nothing"))
            #expect(refused.status == 503)
            #expect(refused["retry-after"] == "30")
        }
    }

    @Test func headGetsTheLengthWithoutTheBody() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "HEAD /run/quick HTTP/1.1\r\nhost: a\r\n\r\nHEAD /nowhere HTTP/1.1\r\nhost: a\r\n\r\n"
            )
            #expect(await client.response(toHead: true)?["content-length"] == "64")
            #expect(await client.response(toHead: true)?.statusLine == "HTTP/1.1 404 Not Found")
        }
    }

    @Test func theInvitationToSendTheBodyComesAfterTheLoad() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "POST /run/echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n"
                    + "content-length: 4\r\n\r\n"
            )
            #expect(await client.response()?.status == 100)
            #expect(server.loads.map(\.module) == ["echo"])
            try await client.send("ping")
            #expect(await client.response()?.text == "ping")
        }
    }

    @Test func aClientThatIsNotInvitedToSendItsBodyIsAnsweredAndClosed() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "POST /run/nothing HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n"
                    + "content-length: 4\r\n\r\n"
            )
            let response = try #require(await client.response())
            #expect(response.status == 404)
            #expect(response["connection"] == "close")
            #expect(await client.rest() == [])
        }
    }

    @Test func closingOnRequestSendsTheWholeResponseAndServesNothingBehindIt() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send(
                "GET /run/large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
                    + "GET /health HTTP/1.1\r\nhost: a\r\n\r\n"
            )
            let response = try #require(await client.response())
            #expect(response["connection"] == "close")
            #expect(response.body.count == 4 * 1024 * 1024)
            #expect(await client.rest() == [])
            #expect(server.requestCount == 1)
        }
    }

    @Test func anOldClientMayKeepItsConnection() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send("GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
            let response = try #require(await client.response())
            #expect(response.statusLine == "HTTP/1.0 200 OK")
            #expect(response["connection"] == "keep-alive")
            try await client.send("GET /health HTTP/1.0\r\n\r\n")
            #expect(await client.response()?["connection"] == "close")
            #expect(await client.rest() == [])
        }
    }

    @Test func whatIsNotHTTPGets400AndIsClosed() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.send("good morning\r\n\r\n")
            #expect(await client.response()?.status == 400)
            #expect(await client.rest() == [])
            #expect(server.requestCount == 0)
        }
    }

    @Test func stoppingClosesConnectionsAndFreesThePort() async throws {
        let server = try await StandInServer.start(configuration: configuration)
        let client = try await RawClient.connect(to: server)
        try await client.send("GET /run/never HTTP/1.1\r\nhost: a\r\n\r\n")
        try await until(server) { $0.loads.count == 1 }
        try await server.stop()
        #expect(await client.rest() == [])
        let next = try await StandInServer.start(configuration: configuration, port: server.port)
        #expect(next.port == server.port)
        try await next.stop()
    }

    @Test func anAddressInUseIsOneClearError() async throws {
        try await withServer { server in
            let expected = StandInError.cannotListen(
                host: "127.0.0.1",
                port: server.port,
                reason: "the address is already in use"
            )
            await #expect(throws: expected) {
                try await StandInServer.start(configuration: configuration, port: server.port)
            }
            #expect(
                "\(expected)"
                    == "cannot listen on 127.0.0.1:\(server.port): the address is already in use"
            )
        }
    }

    @Test func twoServersMayShareAnEventLoopGroupThatIsNotTheirs() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let first = try await StandInServer.start(
            configuration: configuration,
            eventLoopGroup: group
        )
        let second = try await StandInServer.start(
            configuration: configuration,
            eventLoopGroup: group
        )
        try await first.stop()
        let client = try await RawClient.connect(to: second)
        #expect(try await client.get("/health")?.status == 200)
        try await second.stop()
    }
}
