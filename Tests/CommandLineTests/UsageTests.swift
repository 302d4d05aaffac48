import Testing

/// Command lines that can't be understood: what is wrong with them, and exit status 64.
@Suite(.timeLimit(.minutes(5)))
struct UsageTests {
    @Test(arguments: [
        (["--speed", "0"], "'0' is invalid for '--speed"),
        (["--speed", "-1x"], "'-1x' is invalid for '--speed"),
        (["--speed=-1x"], "'-1x' is invalid for '--speed"),
        (["--speed", "nonsense"], "'nonsense' is invalid for '--speed"),
        (["--speed", "nan"], "'nan' is invalid for '--speed"),
        (["--connections", "0"], "--connections takes a number from 1 to 65000"),
        (["--connections", "many"], "'many' is invalid for '--connections"),
        (["--pace", "lunch"], "'lunch' is invalid for '--pace"),
        (["--pace", "think", "--speed", "max"], "--speed max leaves no time to think"),
        (["--rate", "500"], "'500' is invalid for '--rate"),
        (["--rate", "0/s"], "'0/s' is invalid for '--rate"),
        (["--rate", "5/s", "--speed", "2x"], "--rate and --ramp make new times"),
        (["--rate", "5/s", "--ramp", "1/s..2/s over 3s"], "both say how many"),
        (["--ramp", "1/s..2/s"], "--ramp takes how long it is"),
        (["--ramp", "1/s..2/s over 3s", "--over", "3s"], "--ramp takes how long it is"),
        (["--ramp", "1/s", "--over", "3s"], "'1/s' is invalid for '--ramp"),
        (["--over", "3s"], "--over says how long a --ramp is"),
        (["--slice", "5s"], "'5s' is invalid for '--slice"),
        (["--slice", "5s..4s"], "'5s..4s' is invalid for '--slice"),
        (["--shard", "5/4"], "'5/4' is invalid for '--shard"),
        (["--loop", "0"], "--loop takes a number from 1 to 1000000"),
        (["--multiply", "1001"], "--multiply takes a number from 1 to 1000"),
        (["--threads", "0"], "--threads takes a number from 1 to 256"),
        (["--max-rate", "5/s", "--pace", "think"], "--max-rate needs due times"),
        (["--max-in-flight", "1", "--threads", "2"], "must allow one request for each thread"),
        (["--abort-on", "errors"], "'errors' is invalid for '--abort-on"),
        (["--start-at", "noon"], "'noon' is invalid for '--start-at"),
        (["--spin", "maybe"], "'maybe' is invalid for '--spin"),
        (["--timeout", "5"], "'5' is invalid for '--timeout"),
        (["--timeout", "0s"], "'0s' is invalid for '--timeout"),
        (["--insecure", "--ca", "ca.pem"], "--insecure believes everybody"),
        (["--target", "ftp://shop.example"], "a target starts with http://, https:// or unix://"),
        (["--target", "shop.example:3000"], "a target starts with http://, https:// or unix://"),
        (["--target", "http://shop.example/path"], "without a path"),
        (["--target", "http://shop.example:0"], "the port is not a number from 1 to 65535"),
        (["--set-header", "no colon"], "'no colon' is invalid for '--set-header"),
        (["-o", "-"], "A run can't go to standard output"),
        (["--no-such-option"], "Unknown option '--no-such-option'"),
    ])
    func replayOptionThatMakesNoSense(_ options: [String], _ complaint: String) async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        let finished = try await program.run(options + ["shop.mtr"])
        finished.expectUsageError(saying: complaint)
        #expect(try program.fileNames == ["shop.mtr"])
    }

    @Test(arguments: ["nonsense", "127.0.0.1", "127.0.0.1:99999", ":80", "::1:80"])
    func addressThatIsNone(_ address: String) async throws {
        let program = try Program()
        for command in [["record", "proxy", "-o", "new.mtr"], ["stand-in"]] {
            let finished = try await program.run(command + ["--listen", address])
            finished.expectUsageError(saying: "'\(address)' is invalid for '--listen")
        }
        #expect(try program.fileNames == [])
    }

    @Test func addressInUseIsNamed() async throws {
        let program = try Program()
        try await program.standIn { shop, _ in
            let address = String(shop.dropFirst("http://".count))
            for command in [["record", "proxy", "-o", "new.mtr"], ["stand-in"]] {
                let finished = try await program.run(command + ["--listen", address])
                finished.expectFailure(64, saying: "cannot listen on \(address): ")
            }
        }
        #expect(try program.fileNames == [])
    }

    @Test func hostThatNobodyKnowsIsSaidSo() async throws {
        let program = try Program()
        try writeTrace(to: program.file("shop.mtr"), connections: [["/health"]])
        for command in [["record", "proxy", "-o", "new.mtr"], ["stand-in"]] {
            let finished = try await program.run(command + ["--listen", "shop.invalid:80"])
            finished.expectFailure(
                64,
                saying: "cannot listen on shop.invalid:80: the host name is not known\n"
            )
        }
        let replay = try await program.run("--target", "http://shop.invalid", "shop.mtr")
        replay.expectFailure(69, saying: "can't be reached: the host name is not known\n")
        #expect(try program.fileNames == ["shop.mtr"])
    }

    @Test func portsAndFiltersAreChecked() async throws {
        let program = try Program()
        for ports in ["nonsense", "0", "65536", "9-1"] {
            let command = ["record", "pcap", "--port", ports, "-o", "new.mtr", "day.pcap"]
            let finished = try await program.run(command)
            finished.expectUsageError(saying: "'\(ports)' is invalid for '--port")
        }
    }

    @Test func helpTellsTheExitStatuses() async throws {
        let program = try Program()
        let finished = try await program.run("--help")
        #expect(finished.status == 0)
        #expect(finished.output.contains("73 output cannot be written"))
        let commands = [
            "record", "replay", "info", "report", "diff", "check", "stand-in", "demo", "doctor",
            "export", "import", "edit", "repair",
        ]
        for command in commands {
            #expect(finished.output.contains("  \(command) "))
        }
    }
}

extension FinishedCommand {
    /// Expects the complaint in the first line on standard error, and exit status 64.
    func expectUsageError(saying complaint: String) {
        #expect(status == 64, "\(self)")
        #expect(output == "")
        let line = errors.prefix { $0 != "\n" }
        #expect(line.hasPrefix("Error: ") && line.contains(complaint), "\(errors)")
    }
}
