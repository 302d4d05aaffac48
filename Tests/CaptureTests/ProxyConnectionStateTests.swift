@testable import Capture
import Testing
import TestSupport

@Suite struct ProxyConnectionStateTests {
    /// A connection whose upstream is there.
    private static var connected: ProxyConnectionState {
        var connection = ProxyConnectionState()
        _ = connection.upstreamConnected()
        return connection
    }

    /// A connection whose upstream can't be reached, with nothing held.
    private static var unreachable: ProxyConnectionState {
        var connection = ProxyConnectionState()
        _ = connection.upstreamFailed()
        _ = connection.heldWasInspected()
        return connection
    }

    @Test func bytesWaitForTheUpstreamAndThenFlow() {
        var connection = ProxyConnectionState()
        #expect(connection.received(10, from: .client) == .hold)
        #expect(connection.readCompleted(from: .client, isOtherWritable: true) == true)
        #expect(connection.upstreamConnected() == [.forwardHeld, .read(.server)])
        #expect(connection.received(10, from: .client) == .forward)
        #expect(connection.received(10, from: .server) == .forward)
    }

    @Test func nothingIsForwardedBeforeTheClientSpoke() {
        var connection = ProxyConnectionState()
        #expect(connection.upstreamConnected() == [.read(.server)])
    }

    @Test func aClientThatSendsMuchBeforeTheUpstreamIsThereHasToWait() {
        var connection = ProxyConnectionState()
        let limit = ProxyConnectionState.heldByteCountLimit
        #expect(connection.received(limit - 1, from: .client) == .hold)
        #expect(connection.readCompleted(from: .client, isOtherWritable: true) == true)
        #expect(connection.received(1, from: .client) == .hold)
        #expect(connection.readCompleted(from: .client, isOtherWritable: true) == false)
        #expect(
            connection.upstreamConnected() == [.forwardHeld, .read(.server), .read(.client)]
        )
    }

    @Test(arguments: Peer.allCases)
    func anEndIsReadOnlyAsFastAsTheOtherTakesIt(_ peer: Peer) {
        var connection = Self.connected
        #expect(connection.readCompleted(from: peer, isOtherWritable: true) == true)
        #expect(connection.becameWritable(peer.other) == false)
        #expect(connection.readCompleted(from: peer, isOtherWritable: false) == false)
        #expect(connection.becameWritable(peer) == false)
        #expect(connection.becameWritable(peer.other) == true)
        #expect(connection.becameWritable(peer.other) == false)
    }

    @Test(arguments: Peer.allCases)
    func aHalfCloseIsPassedOnAndTheOtherHalfGoesOn(_ peer: Peer) {
        var connection = Self.connected
        #expect(
            connection.ended(peer, .finished)
                == [.recordEnd(peer, .finished), .endOutput(peer.other)]
        )
        #expect(connection.received(10, from: peer.other) == .forward)
        #expect(
            connection.ended(peer.other, .finished)
                == [.recordEnd(peer.other, .finished), .endOutput(peer)]
        )
        #expect(connection.closed(peer) == [])
        #expect(!connection.isOver)
        #expect(connection.closed(peer.other) == [])
        #expect(connection.isOver)
    }

    @Test func aHalfCloseWaitsForTheUpstreamBehindTheBytes() {
        var connection = ProxyConnectionState()
        #expect(connection.received(10, from: .client) == .hold)
        #expect(connection.ended(.client, .finished) == [.recordEnd(.client, .finished)])
        #expect(
            connection.upstreamConnected() == [.forwardHeld, .endOutput(.server), .read(.server)]
        )
        #expect(connection.received(10, from: .server) == .forward)
    }

    @Test(arguments: Peer.allCases)
    func aResetIsPassedOnOnce(_ peer: Peer) {
        var connection = Self.connected
        #expect(
            connection.ended(peer, .reset) == [.recordEnd(peer, .reset), .reset(peer.other)]
        )
        #expect(connection.received(10, from: peer.other) == .discard)
        #expect(connection.ended(peer.other, .finished) == [])
        #expect(connection.closed(peer) == [])
        #expect(connection.closed(peer.other) == [])
        #expect(connection.isOver)
    }

    @Test(arguments: Peer.allCases)
    func aSocketThatAnErrorClosedCountsAsReset(_ peer: Peer) {
        var connection = Self.connected
        #expect(connection.closed(peer) == [.recordEnd(peer, .reset), .reset(peer.other)])
    }

    @Test func anEndThatFinishedAndThenTakesNothingMoreResetsTheOther() {
        var connection = Self.connected
        #expect(
            connection.ended(.server, .finished)
                == [.recordEnd(.server, .finished), .endOutput(.client)]
        )
        #expect(connection.received(10, from: .client) == .forward)
        #expect(
            connection.closed(.server) == [.recordEnd(.server, .reset), .reset(.client)]
        )
    }

    @Test func aClientThatIsGoneBeforeTheUpstreamIsThereResetsIt() {
        var connection = ProxyConnectionState()
        #expect(connection.ended(.client, .reset) == [.recordEnd(.client, .reset)])
        #expect(connection.closed(.client) == [])
        #expect(!connection.isOver)
        #expect(connection.upstreamConnected() == [.reset(.server)])
        #expect(connection.closed(.server) == [])
        #expect(connection.isOver)
    }

    @Test func aClientThatIsGoneNeedsNoAnswerFromAnUnreachableUpstream() {
        var connection = ProxyConnectionState()
        #expect(connection.ended(.client, .reset) == [.recordEnd(.client, .reset)])
        #expect(connection.closed(.client) == [])
        #expect(connection.upstreamFailed() == [])
        #expect(connection.isOver)
    }

    // MARK: - 502

    private static let answer: [ProxyConnectionState.Action] = [
        .answerBadGateway(hasBody: true), .recordEnd(.server, .finished), .endOutput(.client),
        .linger,
    ]

    @Test func aRequestIsAnsweredInPlaceOfTheUpstreamWhenItsHeadIsThere() {
        let head = Array("\r\nPOST /run/pay HTTP/1.1\r\nContent-Length: 3\r\n\r\n".utf8)
        for cut in EveryCut(of: head) {
            var connection = Self.unreachable
            var actions: [ProxyConnectionState.Action] = []
            for piece in cut.pieces {
                #expect(actions.isEmpty, "\(cut)")
                #expect(connection.received(piece.count, from: .client) == .inspect, "\(cut)")
                actions += connection.inspected(piece.span)
            }
            #expect(actions == Self.answer, "\(cut)")
            #expect(connection.received(3, from: .client) == .discard)
            #expect(connection.ended(.client, .finished) == [.recordEnd(.client, .finished)])
            #expect(connection.closed(.client) == [])
            #expect(connection.isOver)
        }
    }

    @Test func anAnswerToHEADHasNoBody() {
        var connection = Self.unreachable
        let head = Array("HEAD / HTTP/1.1\r\n\r\n".utf8)
        #expect(connection.inspected(head.span).first == .answerBadGateway(hasBody: false))
    }

    @Test func aRequestThatWaitedForTheUpstreamIsAnsweredToo() {
        var connection = ProxyConnectionState()
        let head = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(connection.received(head.count, from: .client) == .hold)
        #expect(connection.ended(.client, .finished) == [.recordEnd(.client, .finished)])
        #expect(connection.upstreamFailed() == [.recordUnreachable, .inspectHeld])
        #expect(connection.inspected(head.span) == Self.answer)
        #expect(connection.heldWasInspected() == [])
    }

    @Test func onlyTheFirstOfSeveralRequestsIsAnswered() {
        var connection = Self.unreachable
        let heads = Array("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n".utf8)
        #expect(connection.inspected(heads.span) == Self.answer)
        #expect(connection.inspected(heads.span) == [])
    }

    @Test func whatIsNoRequestIsNotAnswered() {
        var connection = Self.unreachable
        let greeting: [UInt8] = [0x16, 0x03, 0x01, 0x00, 0x0D, 0x0A, 0x0D, 0x0A]
        #expect(connection.inspected(greeting.span) == Array(Self.answer.dropFirst()))
    }

    @Test(arguments: [true, false])
    func aClientThatEndsWithoutARequestGetsNoAnswer(_ isEndKnownBefore: Bool) {
        var connection = ProxyConnectionState()
        let farewell = Array(Self.answer.dropFirst())
        if isEndKnownBefore {
            #expect(connection.ended(.client, .finished) == [.recordEnd(.client, .finished)])
            #expect(connection.upstreamFailed() == [.recordUnreachable, .inspectHeld])
            #expect(connection.heldWasInspected() == farewell)
        } else {
            #expect(connection.upstreamFailed() == [.recordUnreachable, .inspectHeld])
            #expect(connection.heldWasInspected() == [])
            #expect(
                connection.ended(.client, .finished)
                    == [.recordEnd(.client, .finished)] + farewell
            )
        }
    }

    @Test func aClientThatDoesNotGoAwayIsClosed() {
        var connection = Self.unreachable
        let head = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(connection.inspected(head.span) == Self.answer)
        #expect(connection.lingeringEnded() == [.close(.client)])
        #expect(connection.closed(.client) == [])
        #expect(connection.isOver)
    }

    // MARK: - The end of the recording

    @Test func aPausedClientIsReadAgainOnlyWhenItIsResumed() {
        var connection = Self.connected
        connection.pauseClient()
        #expect(connection.readCompleted(from: .client, isOtherWritable: true) == false)
        #expect(connection.becameWritable(.server) == false)
        #expect(connection.readCompleted(from: .server, isOtherWritable: true) == true)
        #expect(connection.resumeClient() == [.read(.client)])
        #expect(connection.resumeClient() == [])
    }

    @Test func stoppingClosesBothEndsAndRecordsNothingMore() {
        var connection = Self.connected
        #expect(connection.stop() == [.close(.client), .close(.server)])
        #expect(connection.stop() == [])
        #expect(connection.ended(.client, .finished) == [])
        #expect(connection.closed(.client) == [])
        #expect(connection.closed(.server) == [])
        #expect(connection.isOver)
    }
}
