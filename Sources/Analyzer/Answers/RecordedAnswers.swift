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

    /// Looks at the requests of one route by ascending index.
    init(route: String, _ records: some Sequence<RequestRecord>) {
        var counts = (compared: 0, otherStatus: 0, otherBody: 0)
        var examples: (status: UInt64?, body: UInt64?)
        var search = DivergenceSearch()
        for record in records {
            guard let likeness = record.answer.recorded else { continue }
            counts.compared += 1
            search.add(index: record.index, likeness)
            switch likeness {
            case .same: break
            case .otherStatus:
                counts.otherStatus += 1
                examples.status = examples.status ?? record.index
            case .otherBody:
                counts.otherBody += 1
                examples.body = examples.body ?? record.index
            }
        }
        self.route = route
        (compared, otherStatus, otherBody) = counts
        (statusExample, bodyExample) = examples
        divergence = search.index
    }
}
