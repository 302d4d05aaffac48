/// What a request's route depends on, to remember by it what is known of the route: most come again
/// and again.
struct RouteKey: Hashable {
    /// Beyond this many, what further ones stand for is found out each time they come.
    static let rememberedLimit = 50_000

    private let method: String
    private let path: Substring
    /// A digest (FNV-1a) of the path, which is found while looking for its end: hashing the text itself
    /// would take a multiple of that.
    private let digest: UInt64

    /// The part of a request that the rules look at.
    init(method: String, target: String, _ rules: RouteRules) {
        let isWhole = rules.dependsOnQuery
        var digest = digestSeed
        var end = 0
        let bytes = target.utf8.span
        while end < bytes.count, isWhole || bytes[end] != UInt8(ascii: "?") {
            digest = (digest ^ UInt64(bytes[end])) &* 0x100_0000_01B3
            end += 1
        }
        self.method = rules.dependsOnMethod ? method : ""
        path = target[..<target.utf8.index(target.startIndex, offsetBy: end)]
        self.digest = digest
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// Where digests start: of the process, so that recorded traffic cannot be made to collide.
private let digestSeed = UInt64.random(in: .min ... .max)
