public import ArgumentParser
public import Capture

/// `mik-replay record`: the ways to make a trace of real traffic.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record real traffic into a trace.",
        discussion: """
            Examples:
              mik-replay record proxy --listen 127.0.0.1:8080 \\
                  --upstream http://127.0.0.1:3000 -o shop.mtr
              mik-replay record live --interface eth0 --port 3000 -o shop.mtr
              mik-replay record pcap --port 3000 -o shop.mtr day.pcap
            """,
        subcommands: [
            RecordProxyCommand.self, RecordLiveCommand.self, RecordPcapCommand.self,
        ]
    )
}

/// `none`, `requests` or `all`, for all ways to record.
extension BodyRetention: ExpressibleByArgument {}
