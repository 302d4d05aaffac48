import Synchronization

/// How much memory there is for bodies that wait to be looked into.
///
/// A target that answers faster than bodies can be looked into must not fill the memory.
final class BodyRoom: Sendable {
    /// No more bytes wait.
    static let limit = 64 << 20

    private let waitingByteCount = Atomic<Int>(0)
    private let leftOut = Atomic<UInt64>(0)

    /// How many bodies there was no room for.
    var leftOutCount: UInt64 { leftOut.load(ordering: .relaxed) }

    /// Takes room for the bytes of one more body; says whether there was enough.
    func take(_ byteCount: Int) -> Bool {
        let (_, total) = waitingByteCount.wrappingAdd(byteCount, ordering: .relaxed)
        guard total > Self.limit else { return true }
        giveBack(byteCount)
        leftOut.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// Gives back room that was taken.
    func giveBack(_ byteCount: Int) {
        waitingByteCount.wrappingSubtract(byteCount, ordering: .relaxed)
    }
}
