import NIOCore

/// What a user has agreed to that could do harm.
public struct Consent: Equatable, Sendable {
    /// Replaying against the very address that the trace was recorded from.
    public var allowsRecordedTarget = false
    /// Sending requests that may change something to another machine than this one.
    public var allowsWritesElsewhere = false

    /// Nothing.
    public init() {}

    /// Checks that what a plan needs was agreed to.
    ///
    /// - Throws: `ReplayError` that says what was not, or that the host is not known.
    func check(_ plan: PlanOverview, _ target: Target) throws(ReplayError) {
        let addresses = try target.resolved()
        if !allowsRecordedTarget,
            let address = plan.recordedServers.first(where: { recorded in
                addresses.contains { $0.isSame(as: recorded, port: target.port) }
            })
        {
            throw .recordedTarget(address: address)
        }
        if !allowsWritesElsewhere, plan.writes > 0, !addresses.allSatisfy(\.isLoopback) {
            throw .unconfirmedWrites(count: plan.writes, url: target.url)
        }
    }
}

/// A numeric address of a host.
struct HostAddress: Equatable {
    /// In the usual form, IPv6 without brackets.
    let text: String

    /// Whether it is this machine, seen from itself.
    var isLoopback: Bool {
        text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
    }

    /// Whether it is the one in a recorded address `host:port`.
    func isSame(as recorded: String, port: Int) -> Bool {
        recorded == (text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)")
    }
}

extension Target {
    /// The addresses of the host, and its name as one of them, as a recording may have it.
    func resolved() throws(ReplayError) -> [HostAddress] {
        // A socket in the file system is of this machine.
        if socketPath != nil { return [] }
        do {
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            return [HostAddress(text: address.ipAddress ?? host)]
        } catch {
            throw .targetUnreachable(url: url, reason: "the host name is not known")
        }
    }
}
