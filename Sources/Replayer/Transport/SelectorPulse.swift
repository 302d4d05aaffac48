import Glibc
import NIOCore
import NIOPosix

/// Has an event loop look at its sockets once and then come back.
///
/// Tasks of an event loop that ask for more tasks keep it from its sockets. A byte that comes in
/// over a pipe does not: it is one of the things that the loop finds ready, among all others.
final class SelectorPulse: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What is done after each beat.
    var action: (() -> Void)?
    private var context: ChannelHandlerContext?
    private var isBeating = false

    /// Does the action after the loop has looked at its sockets.
    func beat() {
        guard !isBeating, let context else { return }
        isBeating = true
        let byte = context.channel.allocator.buffer(bytes: CollectionOfOne(0))
        context.writeAndFlush(wrapOutboundOut(byte), promise: nil)
    }

    /// Ends the pulse for good.
    func close() {
        action = nil
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isBeating = false
        action?()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Makes a pulse for an event loop; to be called on any thread.
    static func make(on eventLoop: any EventLoop) async throws -> NIOLoopBound<SelectorPulse> {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw IOError(errnoCode: errno, reason: "pipe") }
        let (input, output) = (ends[0], ends[1])
        let pulse = try await eventLoop.submit {
            NIOLoopBound(SelectorPulse(), eventLoop: eventLoop)
        }.get()
        _ = try await NIOPipeBootstrap(group: eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(pulse.value)
                }
            }
            .takingOwnershipOfDescriptors(input: input, output: output).get()
        return pulse
    }
}
