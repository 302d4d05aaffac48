/// Labels the requests of one module in the order in which they were really sent.
struct TemperatureLabels {
    /// One label for each position given, in the same order.
    private(set) var labels: [TemperatureLabel] = []

    private let knowledge: ServerKnowledge
    private var hasLoaded = false
    /// Until when the load goes on that was found last.
    private var loadingUntil = Int64.min

    /// Decides by the model, confirmed or denied by the requests' times.
    init(_ requests: [RequestRecord], findings: [LoadModel.Finding], knowledge: ServerKnowledge) {
        self.knowledge = knowledge
        let signature = LoadSignature(requests, findings.map(\.possibility))
        for (request, finding) in zip(requests, findings) {
            if let marker = request.marker {
                let temperature: Temperature = marker == .hit ? .warm : .cold
                add(
                    TemperatureLabel(temperature: temperature, evidence: .observed),
                    of: request,
                    tier: marker.tier
                )
                continue
            }
            let speed = signature.speed(of: request, finding.possibility)
            add(Self.label(finding, speed), of: request)
        }
    }

    /// Decides by which requests the server's log names as those that loaded something.
    ///
    /// A load that begins while another one goes on is a shadow; whatever did not load is warm, also
    /// if it was the first.
    init(_ requests: [RequestRecord], loads: ServerLoads, knowledge: ServerKnowledge) {
        self.knowledge = knowledge
        for request in requests {
            add(
                TemperatureLabel(temperature: observed(request, loads), evidence: .observed),
                of: request
            )
        }
    }

    private func observed(_ request: RequestRecord, _ loads: ServerLoads) -> Temperature {
        guard request.reachedTarget, let sent = request.sent else { return .unknown }
        if request.isRefusal {
            return request.status == 429 && sent < loadingUntil ? .refused : .unknown
        }
        return loads.contains(request) ? .cold : .warm
    }

    /// Takes a label up: a second load beside one that goes on is a shadow, and a load has a tier.
    private mutating func add(
        _ label: TemperatureLabel,
        of request: RequestRecord,
        tier: LoadTier? = nil
    ) {
        var label = label
        if label.temperature.isLoading, let sent = request.sent {
            if sent < loadingUntil, label.temperature == .cold {
                label = TemperatureLabel(temperature: .shadow, evidence: label.evidence)
            } else if label.temperature == .cold, loadingUntil > .min {
                hasLoaded = true
            }
            label.tier = tier ?? knowledge.tier(isFirst: !hasLoaded)
            loadingUntil = max(loadingUntil, request.end ?? .max)
        }
        labels.append(label)
    }

    private static func label(
        _ finding: LoadModel.Finding,
        _ speed: LoadSignature.Speed
    ) -> TemperatureLabel {
        switch (finding, speed) {
        case (.untouched, _): TemperatureLabel(temperature: .unknown, evidence: .inferred)
        case (.refused, _): TemperatureLabel(temperature: .refused, evidence: .inferred)
        case (.load(.observed), _): TemperatureLabel(temperature: .cold, evidence: .observed)
        case (.load, .slow): TemperatureLabel(temperature: .cold, evidence: .inferred)
        case (.load(let evidence), .silent):
            TemperatureLabel(temperature: .cold, evidence: evidence)
        case (.load, .fast):
            TemperatureLabel(temperature: .unknown, evidence: .inferred, isContradicted: true)
        case (.shadow, .slow): TemperatureLabel(temperature: .shadow, evidence: .inferred)
        case (.shadow(let evidence), .silent):
            TemperatureLabel(temperature: .shadow, evidence: evidence)
        case (.shadow, .fast): TemperatureLabel(temperature: .warm, evidence: .inferred)
        case (.resident(.observed), _): TemperatureLabel(temperature: .warm, evidence: .observed)
        case (.resident, .fast): TemperatureLabel(temperature: .warm, evidence: .inferred)
        case (.resident(let evidence), _):
            TemperatureLabel(temperature: .warm, evidence: evidence)
        case (.open, .slow): TemperatureLabel(temperature: .cold, evidence: .inferred)
        case (.open, .fast): TemperatureLabel(temperature: .warm, evidence: .inferred)
        case (.open, .silent): TemperatureLabel(temperature: .unknown, evidence: .inferred)
        }
    }
}

extension LoadModel.Finding {
    fileprivate var possibility: LoadSignature.Possibility {
        switch self {
        case .load, .shadow: .certain
        case .open: .possible
        case .untouched, .refused, .resident: .impossible
        }
    }
}
