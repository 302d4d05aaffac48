import ArgumentParser
import Replayer

/// The options that say that something which could do harm is wanted.
struct ConsentOptions: ParsableArguments {
    @Flag(help: "Replay even against the address that the trace was recorded from.")
    var allowRecordedTarget = false

    @Flag(help: "Send requests that may change something to other machines, too.")
    var yes = false

    /// What the user agrees to.
    var value: Consent {
        var consent = Consent()
        consent.allowsRecordedTarget = allowRecordedTarget
        consent.allowsWritesElsewhere = yes
        return consent
    }
}
