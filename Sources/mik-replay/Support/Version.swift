/// The version of the program, as in CHANGELOG.md.
enum Version {
    static let current = "0.1.0"
    /// The name that files carry of the program that wrote them.
    static let writer = "mik-replay \(current)"
}
