public import TraceFormat

/// Reads HTTP Archives (HAR 1.2) of browsers, proxies and our own export, entry by entry.
public struct HARImporter: TraceImporter {
    public private(set) var info: TraceInfo?
    public private(set) var losses = LossReport()

    private var splitter = JSONListSplitter(path: ["log", "entries"], elementLimit: 400 << 20)
    private let json = JSONReader()
    private let writer: String
    private var connections = ConnectionAssignment()
    private var records: [TraceRecord] = []

    /// Says in the trace that `writer` made it.
    public init(writer: String) {
        self.writer = writer
    }

    public mutating func read(_ bytes: [UInt8]) throws(InterchangeError) {
        for element in try splitter.read(bytes) { try read(element) }
    }

    public mutating func finish() throws(InterchangeError) {
        try splitter.finish()
        guard splitter.foundList else {
            throw InterchangeError(.byte(0), "the list log.entries is missing")
        }
        connections.finish(to: &records)
    }

    public mutating func takeRecords() -> [TraceRecord] {
        defer { records = [] }
        return records
    }

    private mutating func read(_ element: JSONListSplitter.Element) throws(InterchangeError) {
        let place = InterchangeError.Place.entry(element.index, byte: element.offset)
        let entry = try json.decode(HAREntry.self, from: element.bytes[...], at: place)
        let times = try HARTimes(entry, place)
        if info == nil {
            info = try TraceInfo(
                importing: "har",
                writer: writer,
                epoch: times.requestFirst,
                bodies: "all",
                place
            )
        }
        let clock = RecordedClock(epoch: info?.epoch ?? 0)
        let exchange = try HARValues(place: place, clock: clock, times: times)
            .exchange(entry, losses: &losses)
        let url = HARURL.parts(of: entry.request.url)
        let server = entry.server ?? url?.address ?? entry.serverIPAddress ?? ""
        if entry.connection == nil { losses[.connectionUnknown] += 1 }
        connections.add(
            exchange,
            name: entry.connection.map { "\($0) \(server)" },
            client: entry.client ?? "",
            server: server,
            to: &records
        )
    }
}

/// The four times of an entry in Unix time: exact ones if it has them, else made of its timings.
struct HARTimes: Equatable {
    var requestFirst: Int64
    var requestLast: Int64
    var responseFirst: Int64
    var responseLast: Int64

    init(_ entry: HAREntry, _ place: InterchangeError.Place) throws(InterchangeError) {
        if let times = entry.exactTimes {
            requestFirst = times.requestFirst
            requestLast = times.requestLast
            responseFirst = times.responseFirst ?? times.requestLast
            responseLast = times.responseLast ?? responseFirst
            return
        }
        guard let start = UnixTime.nanoseconds(entry.startedDateTime) else {
            throw InterchangeError(
                place,
                "startedDateTime '\(entry.startedDateTime)' is no date and time with a time zone"
            )
        }
        let timings = entry.timings
        let delays = [timings?.blocked, timings?.dns, timings?.connect]
        var steps = [delays.reduce(0) { $0 + max(0, $1 ?? 0) }]
        if let timings {
            steps += [timings.send, timings.wait, timings.receive].map { max(0, $0 ?? 0) }
        } else {
            steps += [0, max(0, entry.time ?? 0), 0]
        }
        var times: [Int64] = []
        var time = start
        for milliseconds in steps {
            let (sum, overflowed) = time.addingReportingOverflow(
                Int64(exactly: (milliseconds * 1e6).rounded()) ?? .max
            )
            guard !overflowed else {
                throw InterchangeError(place, "its timings are beyond any time")
            }
            time = sum
            times.append(time)
        }
        (requestFirst, requestLast) = (times[0], times[1])
        (responseFirst, responseLast) = (times[2], times[3])
    }
}
