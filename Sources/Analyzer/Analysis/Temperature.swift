/// Whether a module had to be loaded for a request.
///
/// Told from this run alone, by the first layer of docs/measurement.md, the target is assumed to
/// have been started for the run, with no module loaded. With the server's log it is known which
/// requests loaded something (``ServerLoads``).
public enum Temperature: UInt8, CaseIterable, Sendable {
    /// The first request for the module: it paid for the load.
    case cold
    /// Sent before the first answer of the load had ended: it loaded too, or waited.
    case shadow
    /// Sent after the module had answered.
    case warm
    /// The request did not get as far as the module: refused with 429 or 503, or not delivered.
    case unknown
}

/// What one module's loading did in one run.
public struct ModuleTemperature: Equatable, Sendable {
    /// The module, as in ``Route/Handler``.
    public let module: String
    /// Whether the server's log says which requests loaded it.
    public let isObserved: Bool
    /// How many requests had which temperature.
    public let counts: [Temperature: Int]
    /// How many of the unknown ones were answered 429 or 503 while the module was loading.
    public let refusedWhileLoading: Int
    /// The service time of the first request in nanoseconds, if it succeeded.
    public let cold: Int64?
    /// The service times in nanoseconds of shadow requests that succeeded, in order of sending.
    public let shadows: [Int64]
    /// The median service time of warm requests that succeeded.
    public let warmMedian: LatencySummary.Value

    /// What the first request paid over the warm median of the same module, in nanoseconds.
    public var penalty: Int64? {
        guard let cold, case .exact(let warm) = warmMedian else { return nil }
        return cold &- warm
    }

    /// Whether the first request took less than twice the warm median, which contradicts its label.
    ///
    /// Something else, such as a script, probably loaded the module before.
    public var looksPreWarmed: Bool {
        guard let penalty, case .exact(let warm) = warmMedian else { return false }
        return penalty < warm
    }
}

/// Labels the requests of one module in the order in which they were really sent.
struct TemperatureLabels {
    /// One label for each position given, in the same order.
    let labels: [Temperature]
    let refusedWhileLoading: Int

    /// Decides for requests of one module, ordered by the time of sending; those that never
    /// reached the target may stand anywhere.
    init(inOrderOfSending requests: [RequestRecord]) {
        self.init(requests) { request, isFirst, loaded in
            isFirst ? .cold : request.sent.map { $0 < loaded } ?? false ? .shadow : .warm
        }
    }

    /// Decides by which requests the server's log names as those that loaded something.
    ///
    /// A load that begins while another one goes on is a shadow; whatever did not load is warm, also
    /// if it was the first.
    init(inOrderOfSending requests: [RequestRecord], loads: ServerLoads) {
        var loadingUntil = Int64.min
        self.init(requests) { request, _, _ in
            guard loads.contains(request), let sent = request.sent else { return .warm }
            defer { loadingUntil = max(loadingUntil, request.end ?? .max) }
            return sent < loadingUntil ? .shadow : .cold
        }
    }

    private init(
        _ requests: [RequestRecord],
        label: (_ request: RequestRecord, _ isFirst: Bool, _ loaded: Int64) -> Temperature
    ) {
        // A refusal is no answer of the module, and a request that was given up has none.
        let answered = requests.filter { $0.reachedTarget && !$0.isRefusal && !$0.isCensored }
        let loaded = answered.compactMap(\.end).min() ?? .max
        let first = requests.firstIndex { $0.reachedTarget && !$0.isRefusal }
        labels = requests.enumerated().map { position, request in
            guard request.reachedTarget, !request.isRefusal else { return .unknown }
            return label(request, position == first, loaded)
        }
        refusedWhileLoading = requests.count { request in
            request.isRefusal && request.sent.map { $0 < loaded } ?? false
        }
    }
}
