/// Where the answers of two runs differ, or those of a run and its recording.
public struct ContentChanges: Equatable, Sendable {
    /// Pairs of whole answers with the same status.
    public let compared: Int
    /// How many of them differ somewhere, also where it is noise.
    public let different: Int
    /// How many have other bytes of the body and the same content: compressed or written in another way.
    public let sameContent: Int
    /// How many have other bytes of the body, of which one can't be decoded.
    public let unreadable: Int
    /// How many were compared without their bodies, because one was not kept or differs by nature.
    public let withoutBody: Int
    /// Answers that could not be held in memory until the other side's came.
    public let leftOut: Int
    /// Differences at further places, which are not listed.
    public let others: Int
    /// How many pairs of two runs of the baseline tell the noise; `nil` without a second one.
    public let comparedBaselines: Int?
    /// The places at which answers differ: changes first, then noise, those with most requests first.
    public let places: [Place]

    /// A place in the answers of a route that differs.
    public struct Place: Equatable, Sendable {
        /// The route.
        public let route: String
        /// Where in the answers.
        public let place: ContentPlace
        /// In how many answers it differs.
        public let count: Int
        /// In how many it differs between two runs of the baseline; `nil` without a second one.
        public let noiseCount: Int?
        /// The first request.
        public let index: UInt64
        /// Where exactly in its answer.
        public let location: String
        /// What stands there in the baseline, shortened; `nil` if nothing does.
        public let baseline: String?
        /// The same in the candidate.
        public let candidate: String?

        /// Whether it differs between two runs of the baseline, too, and in no more of the answers than
        /// chance explains (exact, p < 0.05).
        public var isNoise: Bool {
            guard let noiseCount, noiseCount > 0 else { return false }
            return count <= noiseCount || mcNemarProbability(count, noiseCount) >= 0.05
        }
    }

    /// Puts together what was counted.
    ///
    /// - Parameters:
    ///   - tally: The baseline beside the candidate.
    ///   - noise: The baseline beside a second run of it.
    public init(_ tally: ContentTally, noise: ContentTally? = nil) {
        compared = tally.compared
        different = tally.different
        sameContent = tally.sameContent
        unreadable = tally.unreadable
        withoutBody = tally.withoutBody
        leftOut = tally.leftOut
        others = tally.others
        comparedBaselines = noise?.compared
        places = tally.entries.map { key, entry in
            Place(
                route: key.route,
                place: key.place,
                count: entry.count,
                noiseCount: noise.map { $0.entries[key]?.count ?? 0 },
                index: entry.index,
                location: entry.difference.location,
                baseline: entry.difference.baseline,
                candidate: entry.difference.candidate
            )
        }.sorted { $0.order < $1.order }
    }

    /// How many of the places are no noise.
    var changeCount: Int { places.count { !$0.isNoise } }
}

extension ContentChanges.Place {
    fileprivate var order: (Int, Int, String, String, String) {
        (isNoise ? 1 : 0, -count, route, place.part.rawValue, place.path)
    }
}
