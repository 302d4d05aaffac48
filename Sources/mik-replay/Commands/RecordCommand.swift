public import ArgumentParser
public import Capture

/// `mik-replay record`: the ways to make a trace of real traffic.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record real traffic into a trace.",
        subcommands: [
            RecordProxyCommand.self, RecordLiveCommand.self, RecordPcapCommand.self,
        ]
    )
}

/// `none`, `requests` or `all`, for all ways to record.
extension BodyRetention: ExpressibleByArgument {}
