import ArgumentParser
import StandIn

/// A route of the stand-in that is made slower or faster: `/run/search=+30%`, `/run/search=x2`.
struct SlowdownArgument: ExpressibleByArgument {
    let slowdown: Slowdown

    init?(argument: String) {
        guard let slowdown = Slowdown(argument) else { return nil }
        self.slowdown = slowdown
    }
}

/// A module of the stand-in: `NAME:load=50ms,service=2ms,jitter=0.1,bytes=512,fail=trap`.
struct ModuleArgument: ExpressibleByArgument {
    let name: String
    let behaviour: ModuleBehaviour

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        var behaviour = ModuleBehaviour(load: .milliseconds(50), service: .milliseconds(2))
        let settings = parts.count == 2 ? parts[1].split(separator: ",") : []
        for setting in settings {
            guard behaviour.change(setting) else { return nil }
        }
        self.name = String(name)
        self.behaviour = behaviour
    }
}

extension ModuleBehaviour {
    /// Applies one `key=value`; says whether it was understood.
    fileprivate mutating func change(_ setting: Substring) -> Bool {
        let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
        guard pair.count == 2 else { return false }
        switch pair[0] {
        case "load":
            guard let time = DurationArgument(argument: pair[1]) else { return false }
            load = .nanoseconds(time.nanoseconds)
        case "service":
            guard let time = DurationArgument(argument: pair[1]) else { return false }
            service = .nanoseconds(time.nanoseconds)
        case "jitter":
            guard let share = Double(pair[1]), (0...1).contains(share) else { return false }
            jitter = share
        case "bytes":
            guard let count = Int(pair[1]), (2...(64 << 20)).contains(count) else { return false }
            response = .json(byteCount: count)
        case "fail":
            return change(failure: pair[1])
        default:
            return false
        }
        return true
    }

    private mutating func change(failure text: String) -> Bool {
        if text == "trap" {
            failure = .trap
        } else if let status = Int(text), (400...599).contains(status) {
            failure = .status(status)
        } else {
            return false
        }
        return true
    }
}
