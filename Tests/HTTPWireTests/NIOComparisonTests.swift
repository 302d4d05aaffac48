import HTTPWire
import NIOHTTP1
import SeededRandom
import TestSupport
import Testing

/// NIOHTTP1 (llhttp) as a second opinion on random streams.
@Suite struct NIOComparisonTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func validRequestsAreUnderstoodAlike(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<100 {
            let stream = GeneratedStream.requests(using: &random)
            let ours = decodeRequests(stream.bytes)
            let theirs = decodeRequestsWithNIO(stream.bytes)
            let note = Comment(
                "seed \(seed), round \(round): \(text(stream.bytes).debugDescription)"
            )
            #expect(ours.error == nil && theirs.error == nil, note)
            #expect(ours.messages.count == stream.methods.count, note)
            #expect(ours.messages == theirs.messages, note)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func validResponsesAreUnderstoodAlike(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<100 {
            let stream = GeneratedStream.responses(using: &random)
            let (ours, theirs) = decodeResponsesTwice(stream)
            let note = Comment(
                "seed \(seed), round \(round): \(text(stream.bytes).debugDescription)"
            )
            #expect(ours.error == nil && theirs.error == nil, note)
            let finalCount = ours.messages.count { $0.start != ["103"] }
            #expect(finalCount == stream.methods.count, note)
            #expect(ours.messages == theirs.messages, note)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func damagedRequestsAreNeverUnderstoodDifferently(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<150 * FuzzRounds.factor {
            let stream = GeneratedStream.requests(using: &random).mutated(using: &random)
            let ours = decodeRequests(stream.bytes)
            let theirs = decodeRequestsWithNIO(stream.bytes)
            let note = Comment(
                "seed \(seed), round \(round): \(text(stream.bytes).debugDescription)"
            )
            for (our, their) in zip(ours.messages, theirs.messages) {
                #expect(our == their, note)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func damagedResponsesAreNeverUnderstoodDifferently(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for round in 0..<150 * FuzzRounds.factor {
            let stream = GeneratedStream.responses(using: &random).mutated(using: &random)
            // A known difference, as the test of it says.
            if text(stream.bytes).lowercased().contains("chunked\t") { continue }
            let (ours, theirs) = decodeResponsesTwice(stream)
            let note = Comment(
                "seed \(seed), round \(round): \(text(stream.bytes).debugDescription)"
            )
            for (our, their) in zip(ours.messages, theirs.messages) {
                #expect(our == their, note)
            }
        }
    }

    /// The known differences, first part: what real clients send, and what can't move the end of a
    /// message.
    @Test(arguments: [
        "GET / HTTP/1.1\r\nA: 1\n\n",
        "MADE-UP / HTTP/1.1\r\n\r\n",
        "GET /\u{E9} HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.7\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        chunked("Transfer-Encoding: chunked", "1  \r\na\r\n0\r\n\r\n"),
    ])
    func harmlessRequestsAreAcceptedThatNIORejects(input: String) {
        #expect(decodeRequests(bytes(input)).messages.count == 1)
        #expect(decodeRequestsWithNIO(bytes(input)).error != nil)
    }

    /// The known differences, second part: what readers in use understand differently.
    @Test(arguments: [
        "GET  / HTTP/1.1\r\n\r\n",
        chunked("Transfer-Encoding: ,chunked", "0\r\n\r\n"),
        chunked("Transfer-Encoding: x;a=b, chunked", "0\r\n\r\n"),
        chunked("Transfer-Encoding: chunked", "0\r\n\r\n", version: "1.0"),
    ])
    func ambiguousRequestsAreRejectedThatNIOAccepts(input: String) {
        #expect(decodeRequests(bytes(input)).error != nil)
        #expect(decodeRequestsWithNIO(bytes(input)).messages.count == 1)
    }

    /// The known differences, third part: white space behind a value is no part of it, tabs as well
    /// (RFC 9110, section 5.5); NIO reads such a response to the end of the connection.
    @Test func aTabBehindTheCodingOfAResponseIsNoPartOfIt() {
        let input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n1\r\na\r\n0\r\n\r\n"
        let ours = decodeResponses(bytes(input), answering: [.other])
        let theirs = decodeResponsesWithNIO(bytes(input), answering: [.GET])
        #expect(ours.messages.map(\.body) == [bytes("a")])
        #expect(theirs.messages.map(\.body) == [bytes("1\r\na\r\n0\r\n\r\n")])
    }

    private static func chunked(_ field: String, _ body: String, version: String = "1.1") -> String
    {
        "POST / HTTP/\(version)\r\n\(field)\r\n\r\n\(body)"
    }

    private func decodeResponsesTwice(
        _ stream: GeneratedStream
    ) -> (ours: DecodedStream, theirs: DecodedStream) {
        let methods = stream.methods.map { $0 == .HEAD ? AnsweredMethod.head : .other }
        return (
            decodeResponses(stream.bytes, answering: methods),
            decodeResponsesWithNIO(stream.bytes, answering: stream.methods)
        )
    }
}
