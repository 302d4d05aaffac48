import NIOCore
import Synchronization

/// The open connections of a server, so that they can be closed together.
final class ConnectionSet: Sendable {
    private struct Contents {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let contents = Mutex(Contents())

    /// Keeps a connection until it closes; one that comes while the others are closed is closed too.
    func insert(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        let isTooLate = contents.withLock { contents in
            if !contents.isClosing { contents.open[key] = channel }
            return contents.isClosing
        }
        guard !isTooLate else {
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.whenComplete { [self] _ in
            contents.withLock { contents in contents.open[key] = nil }
        }
    }

    /// Closes all connections and waits until they are closed.
    func closeAll() async throws {
        let open = contents.withLock { contents in
            contents.isClosing = true
            return Array(contents.open.values)
        }
        for channel in open { channel.close(promise: nil) }
        for channel in open { try await channel.closeFuture.get() }
    }
}
