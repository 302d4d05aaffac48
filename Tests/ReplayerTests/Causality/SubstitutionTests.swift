import HTTPWire
import Testing
import TraceFormat

@testable import Replayer

@Suite struct SubstitutionTests {
    /// A request that carries what the first response of a trace gave, as it is planned.
    private func planned(
        _ request: [String],
        body: String = "",
        isChunked: Bool = false,
        delivery: Bool = false
    ) throws -> PlannedRequest {
        let given = exchange(
            at: 0,
            answeredAt: 1,
            ["POST /"],
            json: #"{"id":"old-4711","n":1048313}"#
        )
        let carrier = exchange(on: 1, at: 2, answeredAt: 3, request, body: isChunked ? "" : body)
        var finder = CausalFinder()
        finder.add(given, index: 0, isPlayed: true)
        var consumer = carrier
        consumer.request.body = recordedBody(body)
        finder.add(consumer, index: 1, isPlayed: true)
        let plan = CausalPlan(
            edges: finder.finish(),
            causality: .substitution,
            exchangeCount: 10
        )
        let framed =
            isChunked
            ? "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n" : body
        let bytes = carrier.request.head + Array(framed.utf8)
        let offset = carrier.request.head.count
        return PlannedRequest(
            outcome: Outcome(
                index: 21,
                connection: 1,
                sequence: 0,
                method: "GET",
                target: "/",
                due: 0
            ),
            bytes: bytes,
            delivery: delivery
                ? BodyDelivery(offset: offset, awaitsContinue: true, duration: 0) : nil,
            answeredMethod: .other,
            isPipelined: false,
            endsConnection: false,
            causal: plan.role(of: 21, bytes, bodyOffset: offset)
        )
    }

    private func text(_ request: PlannedRequest) -> String {
        String(decoding: request.bytes, as: UTF8.self)
    }

    @Test func theCauseIsOfTheSameCopy() throws {
        let request = try planned(["GET /orders/old-4711"])
        #expect(request.causal?.causes.map(\.producer) == [20])
    }

    @Test func aValueIsReplacedInEveryPlaceOfTheRequest() throws {
        let request = try planned(
            [
                "POST /orders/old-4711?for=old-4711", "Cookie: a=b; o=old-4711",
                "Authorization: Bearer old-4711", "Content-Type: application/json",
            ],
            body: #"{"of":"old-4711"}"#
        )
        let (settled, counts) = request.settled(
            by: [.answered(Array("brand-new-1".utf8))],
            .substitution
        )
        #expect(
            text(settled) == "POST /orders/brand-new-1?for=brand-new-1 HTTP/1.1\r\nHost: shop\r\n"
                + "Cookie: a=b; o=brand-new-1\r\nAuthorization: Bearer brand-new-1\r\n"
                + "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
                + #"{"of":"brand-new-1"}"#
        )
        #expect(counts.substituted == 1 && counts.followed == 1)
        #expect(settled.outcome.target == "/orders/brand-new-1?for=brand-new-1")
        #expect(settled.causal?.causes == [] && settled.plannedByteCount == request.bytes.count)
    }

    @Test func aChunkSaysItsNewSizeAndABodyThatWaitsItsNewPlace() throws {
        let request = try planned(
            [
                "POST /old-4711", "Content-Type: application/json", "Transfer-Encoding: chunked",
            ],
            body: #"{"of":"old-4711"}"#,
            isChunked: true,
            delivery: true
        )
        let settled = request.settled(by: [.answered(Array("a1".utf8))], .substitution).request
        #expect(text(settled).hasSuffix("\r\n\r\nb\r\n{\"of\":\"a1\"}\r\n0\r\n\r\n"))
        let offset = try #require(settled.delivery?.offset)
        #expect(text(settled).utf8.count - "b\r\n{\"of\":\"a1\"}\r\n0\r\n\r\n".utf8.count == offset)
    }

    @Test(arguments: ["a b", "a/b", "", "a\r\nX: y", "ä1"])
    func aValueThatCannotStandInTheRequestIsNotSent(value: String) throws {
        let request = try planned(["GET /orders/old-4711"])
        let (settled, counts) = request.settled(by: [.answered(Array(value.utf8))], .substitution)
        #expect(settled.bytes == request.bytes)
        #expect(counts.unsubstituted == 1 && counts.substituted == 0)
    }

    @Test func aNumberIsReplacedByANumberOnly() throws {
        let request = try planned(
            ["POST /", "Content-Type: application/json"],
            body: #"{"n":1048313}"#
        )
        let words = request.settled(by: [.answered(Array("n1".utf8))], .substitution)
        #expect(words.counts.unsubstituted == 1)
        let number = request.settled(by: [.answered(Array("42".utf8))], .substitution)
        #expect(text(number.request).hasSuffix("Content-Length: 8\r\n\r\n{\"n\":42}"))
    }

    @Test func aCauseThatFailedIsViolatedAndTheRecordedValueIsSent() throws {
        let request = try planned(["GET /orders/old-4711"])
        let (settled, counts) = request.settled(by: [.failed], .substitution)
        #expect(settled.bytes == request.bytes)
        #expect(counts.violated == 1 && counts.followed == 0 && counts.unsubstituted == 1)
    }

    @Test func withoutSubstitutionTheRecordedValueIsSent() throws {
        let request = try planned(["GET /orders/old-4711"])
        let (settled, counts) = request.settled(by: [.answered(Array("new-1".utf8))], .order)
        #expect(settled.bytes == request.bytes)
        #expect(counts.followed == 1 && counts.substituted + counts.unsubstituted == 0)
    }

    @Test func valuesAreTakenFromTheSamePlaceOfTheLiveResponse() throws {
        let head =
            "HTTP/1.1 201 Created\r\nSet-Cookie: s=1; Path=/\r\nSet-Cookie: sid=new-1\r\n"
            + "Location: http://shop/orders/or-9\r\nContent-Type: application/json\r\n\r\n"
        let values = ResponseValues(
            try #require(ResponseHead(Array(head.utf8))),
            body: Array(#"{"a":[{"id":5},{"id":"x7"}]}"#.utf8)
        ).values(at: [
            .cookie(Array("sid".utf8)), .location(3), .location(9),
            .json([.member(Array("a".utf8)), .element(1), .member(Array("id".utf8))]),
            .json([.member(Array("b".utf8))]),
        ])
        #expect(
            values.map { $0.map { String(decoding: $0, as: UTF8.self) } } == [
                "new-1", "or-9", nil, "x7", nil,
            ]
        )
    }
}
