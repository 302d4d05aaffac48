/// How the answers of one route compare with those that the recording shows.
public struct RecordedAnswers: Equatable, Sendable {
    /// The route.
    public let route: String
    /// How many whole answers there are on both sides.
    public let compared: Int
    /// How many had another status.
    public let otherStatus: Int
    /// How many had the same status and another body.
    public let otherBody: Int
    /// The first request with another status.
    public let statusExample: UInt64?
    /// The first request with another body.
    public let bodyExample: UInt64?
    /// The request from which on the answers hardly resemble the recording, though they did before.
    ///
    /// The state of the target has then gone another way, and its latency is that of other work.
    public let divergence: UInt64?

    /// Fewer answers on a side of a divergence do not make one.
    private static let leastCount = 20
    private static let leastBefore = 0.8
    private static let mostAfter = 0.2

    /// Looks at the requests of one route by ascending index.
    init(route: String, _ records: some Sequence<RequestRecord>) {
        var members: [(index: UInt64, likeness: Answer.Likeness)] = []
        for record in records {
            guard let likeness = record.answer.recorded else { continue }
            members.append((record.index, likeness))
        }
        self.route = route
        compared = members.count
        otherStatus = members.count { $0.likeness == .otherStatus }
        otherBody = members.count { $0.likeness == .otherBody }
        statusExample = members.first { $0.likeness == .otherStatus }?.index
        bodyExample = members.first { $0.likeness == .otherBody }?.index
        divergence = Self.divergence(members.map { ($0.index, $0.likeness == .same) })
    }

    /// The place that divides alike from unlike answers best, if both sides are clear.
    private static func divergence(_ answers: [(index: UInt64, isSame: Bool)]) -> UInt64? {
        let all = answers.count { $0.isSame }
        var (before, best, place) = (0, 0.0, nil as UInt64?)
        for (position, answer) in answers.enumerated() {
            defer { before += answer.isSame ? 1 : 0 }
            let after = answers.count - position
            guard position >= leastCount, after >= leastCount else { continue }
            let shareBefore = Double(before) / Double(position)
            let shareAfter = Double(all - before) / Double(after)
            guard shareBefore >= leastBefore, shareAfter <= mostAfter else { continue }
            if shareBefore - shareAfter > best {
                (best, place) = (shareBefore - shareAfter, answer.index)
            }
        }
        return place
    }
}
