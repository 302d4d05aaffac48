import NIOCore
import NIOHTTP1

/// Carries out what a `RequestFlow` decides, for one connection and one request at a time.
///
/// Pipelined requests wait in NIO's pipeline handler until the response in front of them is written.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request between its head and its answer.
    private struct RequestInProgress {
        let head: HTTPRequestHead
        let description: RequestDescription
        var flow: RequestFlow
        var body: [UInt8] = []
        var bodyIsComplete = false
        var isReadingBody = false
        /// Whether the client holds its body back until a 100 (Continue).
        var awaitsContinue: Bool
        var timer: Scheduled<Void>?
    }

    private let host: SharedHost
    private let bodyLimit: Int
    private let remoteAddress: String
    private var request: RequestInProgress?
    /// Whether the last response went out, so that requests pipelined behind it are not served.
    private var isClosing = false

    /// Serves what the client at an address asks for.
    init(host: SharedHost, bodyLimit: Int, client address: SocketAddress?) {
        self.host = host
        self.bodyLimit = bodyLimit
        remoteAddress =
            if let ip = address?.ipAddress, let port = address?.port { "\(ip):\(port)" } else { "" }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            begin(head, context)
        case .body(let bytes):
            collect(bytes, context)
        case .end:
            request?.bodyIsComplete = true
            deliverBodyIfWanted(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if var abandoned = request {
            abandoned.timer?.cancel()
            host.withHost { host, _ in abandoned.flow.abandon(in: &host) }
            request = nil
        }
        context.fireChannelInactive()
    }

    /// Answers what is not HTTP with the bare 400 of mik's HTTP library, and closes.
    ///
    /// What follows a request that asked to close is such an error too, and is passed over.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isClosing else { return }
        guard error is HTTPParserError, request == nil else {
            context.close(promise: nil)
            return
        }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .badRequest,
            headers: ["content-length": "0", "connection": "close"]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        endAndClose(context)
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let facts = RequestFacts(
            target: head.uri,
            contentLength: head.headers.first(name: "content-length").flatMap { Int($0) },
            hasHost: head.headers.contains(name: "host")
        )
        let traceparent = head.headers.first(name: "traceparent")
        let identity = host.withHost { host, _ in host.identify(inboundTraceparent: traceparent) }
        let description = RequestDescription(
            identity: identity,
            method: head.method.rawValue,
            target: head.uri,
            remoteAddress: remoteAddress
        )
        var flow = RequestFlow(facts, requestID: identity.requestID)
        let step = host.step(of: description) { host, now in flow.begin(in: &host, at: now) }
        request = RequestInProgress(
            head: head,
            description: description,
            flow: flow,
            awaitsContinue: head.headers.first(name: "expect")?.lowercased() == "100-continue"
        )
        carryOut(step, context)
    }

    /// Keeps body bytes of a request that has not been answered, up to the first one over the limit.
    private func collect(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let collected = request?.body.count, collected <= bodyLimit else { return }
        request?.body.append(contentsOf: bytes.readableBytesView.prefix(bodyLimit + 1 - collected))
        deliverBodyIfWanted(context)
    }

    private func deliverBodyIfWanted(_ context: ChannelHandlerContext) {
        guard let step = bodyStepIfWanted() else { return }
        carryOut(step, context)
    }

    /// Hands the body to the flow, if the flow asked for it and nothing of it is missing.
    private func bodyStepIfWanted() -> RequestFlow.Step? {
        guard var request, request.isReadingBody else { return nil }
        let isOverLimit = request.body.count > bodyLimit
        guard request.bodyIsComplete || isOverLimit else { return nil }
        request.isReadingBody = false
        let body = isOverLimit ? RequestBody.overLimit : .whole(request.body)
        let step = host.step(of: request.description) { host, now in
            request.flow.bodyEnded(body, in: &host, at: now)
        }
        self.request = request
        return step
    }

    private func waitStep() -> RequestFlow.Step {
        guard var request else {
            preconditionFailure("a wait ended, but no request was in progress")
        }
        let step = host.step(of: request.description) { host, now in
            request.flow.waitEnded(in: &host, at: now)
        }
        self.request = request
        return step
    }

    private func carryOut(_ firstStep: RequestFlow.Step, _ context: ChannelHandlerContext) {
        var step = firstStep
        while true {
            switch step {
            case .answer(let answer):
                write(answer, context)
                return
            case .closeWithoutResponse:
                request = nil
                context.close(promise: nil)
                return
            case .wait(let time) where time > .zero:
                // The closure stays on this event loop, which also runs everything else here.
                request?.timer = context.eventLoop.assumeIsolated().scheduleTask(
                    in: .nanoseconds(time.nanoseconds)
                ) {
                    self.carryOut(self.waitStep(), context)
                }
                return
            case .wait:
                step = waitStep()
            case .readBody:
                request?.isReadingBody = true
                guard let next = bodyStepIfWanted() else {
                    inviteBody(context)
                    return
                }
                step = next
            }
        }
    }

    /// Sends 100 (Continue) to a client that waits for it.
    private func inviteBody(_ context: ChannelHandlerContext) {
        guard let request, request.awaitsContinue, request.body.isEmpty else { return }
        self.request?.awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
        guard let answered = request else {
            preconditionFailure("an answer without a request in progress")
        }
        request = nil
        // A client that was not invited to send its body may never send it, nor anything after it.
        let bodyStaysAway = answered.awaitsContinue && !answered.bodyIsComplete
        let keepsAlive = answered.head.isKeepAlive && !bodyStaysAway
        let head = HTTPResponseHead(
            version: answered.head.version,
            status: HTTPResponseStatus(statusCode: answer.status),
            headers: headers(of: answer, to: answered, keepsAlive: keepsAlive)
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let mayHaveBody = answer.status != 204 && answer.status != 304
        if answered.head.method != .HEAD, mayHaveBody, !answer.body.isEmpty {
            var buffer = context.channel.allocator.buffer(capacity: answer.body.count)
            buffer.writeBytes(answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        guard !keepsAlive else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            return
        }
        endAndClose(context)
    }

    /// Closes once the kernel has it all: closing drops what is not written yet.
    private func endAndClose(_ context: ChannelHandlerContext) {
        isClosing = true
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    private func headers(
        of answer: Answer,
        to request: RequestInProgress,
        keepsAlive: Bool
    ) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(answer.fields.count + 5)
        for field in answer.fields { headers.add(name: field.name, value: field.value) }
        headers.add(name: "x-request-id", value: request.description.identity.requestID)
        headers.add(name: "traceparent", value: request.description.identity.traceparent)
        headers.add(name: "content-length", value: String(answer.body.count))
        headers.add(name: "date", value: host.withHost { host, now in host.dateText(at: now) })
        if !keepsAlive {
            headers.add(name: "connection", value: "close")
        } else if request.head.version == .http1_0 {
            headers.add(name: "connection", value: "keep-alive")
        }
        return headers
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
