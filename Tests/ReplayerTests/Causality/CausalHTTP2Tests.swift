import NIOConcurrencyHelpers
import NIOHPACK
import SystemPackage
import TestSupport
import Testing
import TraceFormat

@testable import Replayer

/// Causes and effects among streams that share a connection.
@Suite(.timeLimit(.minutes(10)))
struct CausalHTTP2Tests {
    private static let orderCount: UInt64 = 12

    /// A trace in which each order is made, read and paid, each of that beside those of other orders:
    /// over one HTTP/2 connection, or over connections of its own.
    private func trace(in folder: TemporaryFolder, sharesConnection: Bool) throws -> FilePath {
        let path = folder.path.appending("trace.mtr")
        let info = TraceInfo(writer: "test", source: "test", epoch: 0, bodies: "all")
        var writer = try TraceWriter(creating: path, info: info)
        for order in 0..<Self.orderCount {
            let name = "recorded-\(1000 + order)"
            let start = Int64(order) * 1000
            let steps = [
                exchange(
                    at: start,
                    answeredAt: start + 2500,
                    ["POST /orders"],
                    body: "x",
                    json: #"{"order":{"id":"\#(name)"}}"#
                ),
                exchange(at: start + 3000, answeredAt: start + 9000, ["GET /orders/\(name)"]),
                exchange(
                    at: start + 3100,
                    answeredAt: start + 9000,
                    ["PUT /payments", "Content-Type: application/json"],
                    body: #"{"pays":"\#(name)","amount":4}"#
                ),
            ]
            for (step, exchange) in steps.enumerated() {
                var exchange = exchange
                exchange.connection = sharesConnection ? 0 : order * 3 + UInt64(step)
                exchange.sequence = sharesConnection ? order * 3 + UInt64(step) : 0
                if sharesConnection { exchange.request.head.becomeHTTP2() }
                try writer.append(.exchange(exchange))
            }
        }
        _ = try writer.finish(ledger: Ledger())
        return path
    }

    private func origin() async throws -> HTTP2Origin {
        let number = NIOLockedValueBox(0)
        return try await HTTP2Origin { request in
            guard request.path == "/orders" else {
                return .response([":status": "200"], body: "ok")
            }
            let id = number.withLockedValue { number in
                number += 1
                return number
            }
            let fields: HPACKHeaders = [":status": "201", "content-type": "application/json"]
            return .response(fields, body: #"{"order":{"id":"live-order-\#(id)"}}"#)
        }
    }

    @Test(
        arguments: [Causality.order, .substitution],
        [(Pace.maximum, true), (.maximum, false), (.arrival(speed: 1000), true)]
    )
    func streamsWaitForTheResponsesWhoseValuesTheyCarry(
        causality: Causality,
        way: (pace: Pace, sharesConnection: Bool)
    ) async throws {
        let folder = try TemporaryFolder()
        let origin = try await origin()
        var configuration = ReplayConfiguration(
            target: Target(host: "127.0.0.1", port: origin.port),
            pace: way.pace
        )
        configuration.usesHTTP2 = true
        configuration.threadCount = 2
        configuration.causality = causality
        let trace = try trace(in: folder, sharesConnection: way.sharesConnection)
        let (counts, outcomes, ending) = try await replay(trace, in: folder, configuration)
        let count = Self.orderCount
        #expect(counts.completed == 3 * count)
        #expect(ending?.ledger["causal", "edges"] == 2 * count)
        #expect(ending?.ledger["causal", "violated"] == 0)
        let substitutes = causality == .substitution
        #expect(ending?.ledger["causal", "substituted"] == (substitutes ? 2 * count : 0))
        #expect(ending?.ledger["causal", "followed"] == 2 * count)
        try expectOrder(outcomes)
        let names =
            substitutes
            ? Set((1...count).map { "live-order-\($0)" })
            : Set((0..<count).map { "recorded-\(1000 + $0)" })
        let requests = origin.requests
        let read = requests.filter { $0.path.hasPrefix("/orders/") }.map(\.path)
        #expect(Set(read) == Set(names.map { "/orders/\($0)" }))
        let payments = requests.filter { $0.path == "/payments" }
        #expect(
            Set(payments.map { String(decoding: $0.body, as: UTF8.self) })
                == Set(names.map { #"{"pays":"\#($0)","amount":4}"# })
        )
        for payment in payments {
            let length = payment.fields.first(name: "content-length")
            #expect(length == "\(payment.body.count)")
        }
        try await origin.stop()
    }

    /// Nothing left before the order that it belongs to was answered.
    private func expectOrder(_ outcomes: [Outcome]) throws {
        // In order of time the steps of several orders stand beside each other.
        let orders = outcomes.filter { $0.method == "POST" }
        for method in ["GET", "PUT"] {
            let followers = outcomes.filter { $0.method == method }
            #expect(followers.count == orders.count)
            for (order, follower) in zip(orders, followers) {
                let (end, sent) = (try #require(order.end), try #require(follower.sent))
                #expect(sent >= end)
            }
        }
    }
}

extension [UInt8] {
    /// Spells the head of a request as it is kept when it came over HTTP/2.
    fileprivate mutating func becomeHTTP2() {
        guard let range = firstRange(of: Array("HTTP/1.1".utf8)) else { return }
        replaceSubrange(range, with: Array("HTTP/2".utf8))
    }
}
