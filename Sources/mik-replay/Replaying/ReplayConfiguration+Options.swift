import Replayer

extension ReplayConfiguration {
    /// What the options ask for that all commands have that replay a trace.
    init(
        target: TargetArgument,
        pace: PaceOptions,
        selection: SelectionOptions,
        limits: LimitOptions,
        trust: TrustOptions,
        keeping: KeepOptions,
        consent: ConsentOptions,
        seed: UInt64
    ) {
        self.init(
            target: target.target,
            pace: pace.value,
            connections: selection.connections.map { .capped($0) } ?? .recorded,
            limits: limits.value,
            seed: seed
        )
        self.trust = trust.value
        self.keeping = keeping.value
        self.consent = consent.value
        self.selection = selection.value
        usesFreshConnections = selection.freshConnections
    }
}
