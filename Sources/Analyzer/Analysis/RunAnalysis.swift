public import TraceFormat

/// What one run did: the value behind every report.
public struct RunAnalysis: Sendable {
    /// What the run says of itself at its start.
    public let info: RunInfo
    /// What it says at its end; `nil` if the file is cut off.
    public let ending: RunEnding?
    /// All requests together.
    public let overall: GroupSummary
    /// One group for each route, the one with most requests first.
    public let routes: [GroupSummary]
    /// How late requests left; `nil` if none was sent, or at speed `max`, which has no schedule.
    public let lag: LagSummary?
    /// How far the requests left as the schedule asked for; `nil` without one, and with fewer than two
    /// requests.
    public let fidelity: Fidelity?
    /// How far sizes and routes are those of the recording; `nil` when nothing was sent.
    public let traffic: TrafficFidelity?
    /// How requests kept to the responses whose values they carry; `nil` where nobody asked for that.
    public let causalOrder: CausalOrder?
    /// Cold, shadow and warm requests by module, in order of name.
    public let modules: [ModuleTemperature]
    /// What loading did to the whole run.
    public let cold: ColdEffect
    /// How the loads of the server's log belong to this run; `nil` without a log.
    public let loads: ServerLoads.Account?
    /// How right the labels would be without the log; `nil` without one.
    public let agreement: ServerLoads.Agreement?
    /// Whether it is known how much of the modules' files the server keeps in memory.
    public let isCacheKnown: Bool
    /// How many of the server's own lists of loaded modules there are; `nil` if nobody asked for any.
    public let listCount: Int?
    /// The requests that took longer than the overall p99 and how many of them a load explains;
    /// `nil` if the p99 is withheld.
    public let tail: Tail?
    /// How the run went over its time; `nil` when it has no extent in time.
    public let windows: TimeWindows?
    /// How the answers compare with the recording's, by route in order of name.
    public let recordedAnswers: [RecordedAnswers]
    /// Where the answers differ from the recording's; `nil` if nobody has looked.
    public var recordedContents: ContentChanges?
    /// The slowest requests, the slowest first; at most ten.
    public let slowest: [SlowRequest]
    /// Whether the run can be trusted.
    public let validity: Validity

    /// All requests by ascending index.
    let records: ContiguousArray<RequestRecord>
    /// The routes that the records' route numbers stand for.
    let routeNames: [String]
    /// The server's identifiers of the slowest few thousand requests, by index.
    let requestIDs: [UInt64: String]

    /// The slowest requests and their temperature.
    public struct Tail: Equatable, Sendable {
        /// How many requests that succeeded took longer than the overall p99.
        public let count: Int
        /// How many of them were cold or shadow.
        public let coldOrShadow: Int
    }

    /// Whether the headline latency is response time; at speed `max` it is service time.
    public var hasSchedule: Bool { info.hasSchedule }
}

/// One route's requests, or all of them.
public struct GroupSummary: Equatable, Sendable {
    /// The route's name; `all` for the whole run.
    public let name: String
    /// How they ended.
    public internal(set) var counts: RequestCounts
    /// end − due: the headline, free of coordinated omission.
    public let response: LatencySummary
    /// end − sent: the uncorrected one.
    public let service: LatencySummary

    /// Summarises some records.
    init(
        name: String,
        records: some Sequence<RequestRecord>,
        hasSchedule: Bool
    ) {
        var counts = RequestCounts()
        var response: (succeeded: [Int64], censored: [Int64]) = ([], [])
        var service: (succeeded: [Int64], censored: [Int64]) = ([], [])
        var run = RequestCounts.StatusRun()
        for record in records {
            counts.add(record, &run)
            if record.isCensored {
                // One without an age still took some time: it must not drop out.
                response.censored.append(record.responseTime ?? 0)
                service.censored.append(record.serviceTime ?? 0)
            } else if record.ending == .succeeded, let responseTime = record.responseTime,
                let serviceTime = record.serviceTime
            {
                response.succeeded.append(responseTime)
                service.succeeded.append(serviceTime)
            }
        }
        counts.add(run)
        self.name = name
        self.counts = counts
        let measured = LatencySummary(succeeded: service.succeeded, censored: service.censored)
        self.service = measured
        self.response =
            hasSchedule
            ? LatencySummary(succeeded: response.succeeded, censored: response.censored)
            : LatencySummary(withoutScheduleFor: measured)
    }

    /// The latency that the group is judged by.
    public func headline(hasSchedule: Bool) -> LatencySummary { hasSchedule ? response : service }
}
