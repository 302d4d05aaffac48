import ArgumentParser
import Replayer

/// The options that say what a run keeps of the responses.
struct KeepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep this field of each response in the run, beside x-request-id, "
                + "x-mik-duration-ms, x-mik-handler and retry-after; may be repeated.",
            valueName: "name"
        )
    )
    var keepHeader: [FieldNameArgument] = []

    @Flag(
        help:
            "Keep the bodies of responses up to 256 KiB in the run, so that diff can tell in what they differ."
    )
    var keepBodies = false

    /// What is kept.
    var value: ResponseKeeping {
        ResponseKeeping(fields: keepHeader.map(\.name), keepsBodies: keepBodies)
    }
}
