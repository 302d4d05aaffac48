import ArgumentParser
import Replayer

/// A URL that a load is aimed at: `http://host[:port][/path[?query]]`.
struct LoadURL: Equatable {
    let target: Target
    let path: String

    /// Reads a URL; what is wrong with it is the message of the `ValidationError`.
    init(parsing url: String) throws {
        let scheme = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let end = url[scheme...].firstIndex { "/?".contains($0) } ?? url.endIndex
        target = try TargetArgument(parsing: String(url[..<end])).target
        let rest = url[end...]
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw ValidationError("the path of \(url) has a byte that must be percent-encoded")
        }
        path = rest.hasPrefix("/") ? String(rest) : "/" + rest
    }

    /// A path on a target.
    init(target: Target, path: String) {
        self.target = target
        self.path = path
    }

    /// Where mik says how it is.
    static let standard = LoadURL(target: TargetArgument.standard.target, path: "/health")
}
