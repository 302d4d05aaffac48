import Foundation
import Testing
import TraceFormat

/// `compare`: replays in turn, and what it makes of them.
@Suite(.timeLimit(.minutes(5)))
struct CompareTests {
    private func programWithTrace() throws -> Program {
        let program = try Program()
        let targets = Array(repeating: "/health", count: 30)
        try writeTrace(to: program.file("shop.mtr"), connections: [targets, targets])
        return program
    }

    @Test func theSidesTakeTurnsAndEveryRunIsKept() async throws {
        let program = try programWithTrace()
        try await program.standIn { old, _ in
            try await program.standIn { new, _ in
                let report = try await program.json(
                    arguments: [
                        "compare", "--speed", "max", "--repetitions", "2", "--json",
                        "--before-run", "echo $MIK_REPLAY_SIDE $MIK_REPLAY_REPETITION >> turns",
                        "--baseline", old, "--candidate", new, "shop.mtr",
                    ],
                    accepting: [0, 1, 3, 4]
                )
                #expect(try report["repetitions"].elements.count == 2)
                #expect(try report["screening"].flag == false)
            }
        }
        let turns = try String(contentsOf: program.url("turns"), encoding: .utf8)
        #expect(turns == "baseline 1\ncandidate 1\ncandidate 2\nbaseline 2\n")
        let diff = try await program.run(
            [
                "diff", "shop.compare/baseline-1.mrr", "shop.compare/baseline-2.mrr", "--against",
                "shop.compare/candidate-1.mrr", "shop.compare/candidate-2.mrr",
            ]
        )
        #expect(diff.output.contains("K = 2"), "\(diff)")
    }

    @Test func withSlicesTheSidesTakeTurnsWithinARepetition() async throws {
        let program = try programWithTrace()
        try await program.standIn { old, _ in
            try await program.standIn { new, _ in
                let finished = try await program.run(
                    [
                        "compare", "--repetitions", "2", "--slices", "10ms", "--before-run",
                        "echo $MIK_REPLAY_SIDE $MIK_REPLAY_REPETITION >> turns", "--baseline", old,
                        "--candidate", new, "shop.mtr",
                    ]
                )
                #expect([0, 1, 3, 4].contains(finished.status), "\(finished)")
                #expect(finished.output.contains("K = 2"), "\(finished)")
            }
        }
        // Both servers are made ready before the first slice.
        let turns = try String(contentsOf: program.url("turns"), encoding: .utf8)
        #expect(turns == "baseline 1\ncandidate 1\ncandidate 2\nbaseline 2\n")
        let runs = try FileManager.default.contentsOfDirectory(
            atPath: program.url("shop.compare").path
        )
        #expect(runs.count == 4, "no slice is left over: \(runs)")
        for run in runs {
            let info = try await program.json("info", "--json", "shop.compare/\(run)")
            #expect(try info["planned"].number == 60)
            #expect(try info["sent"].number == 60)
            #expect(try info["partial"].flag == false)
        }
        var reader = try RunReader(opening: program.file("shop.compare/candidate-2.mrr"))
        var dues: [UInt64: Int64] = [:]
        while let outcome = try reader.next() { dues[outcome.index] = outcome.due }
        #expect(dues.count == 60)
        let ordered = dues.sorted { $0.key < $1.key }.map(\.value)
        #expect(ordered == ordered.sorted())
        #expect(reader.info.environment["modes"] == "slices of 0.010 s")
    }

    @Test(arguments: [
        ["--speed", "max"], ["--rate", "10/s"], ["--loop", "2"], ["--slice", "0..1s"],
    ])
    func slicesCutAWholeTraceAtItsTimes(arguments: [String]) async throws {
        let program = try programWithTrace()
        let finished = try await program.run(
            ["compare", "--slices", "1s", "--baseline", "http://127.0.0.1:1"] + arguments
                + ["shop.mtr"]
        )
        #expect(finished.status == 64 && finished.errors.contains("--slices cuts"), "\(finished)")
    }

    @Test func tooManySlicesAreRefused() async throws {
        let program = try programWithTrace()
        let finished = try await program.run(
            "compare",
            "--slices",
            "1us",
            "--baseline",
            "http://127.0.0.1:1",
            "shop.mtr"
        )
        finished.expectFailure(64, saying: "into more than 1000 parts")
    }

    @Test func theNoiseOfTheMachineIsKeptIfItCouldBeMeasured() async throws {
        let program = try programWithTrace()
        try await program.standIn { shop, _ in
            let finished = try await program.run(
                [
                    "compare", "--speed", "max", "--repetitions", "2", "--calibrate", "--baseline",
                    shop, "shop.mtr",
                ]
            )
            #expect([0, 3].contains(finished.status), "\(finished)")
            #expect(finished.output.contains("how far two runs of \(shop) differ here, K = 2"))
            let isKept = try program.fileNames.contains("shop.noise.json")
            #expect(isKept == (finished.status == 0))
        }
    }

    @Test func aKeptNoiseRaisesTheMargin() async throws {
        let program = try Program()
        for (number, end) in [(1, 9_000_000), (2, 9_900_000)] as [(Int, Int64)] {
            for side in ["old", "new"] {
                try writeRun(to: program.file("\(side)-\(number).mrr"), count: 60) { outcome in
                    outcome.end = outcome.due + (side == "old" ? end : end + 600_000)
                }
            }
        }
        let noise = """
            {"version": 1, "host": "h", "kernel": "k", "measured_at_ns": 1, "trace_hash": "4f1c",
            "speed": "1", "repetitions": 6, "medians": {"all": 0.5}, "tails": {}}
            """
        try Data(noise.utf8).write(to: program.url("noise.json"))
        let runs = ["diff", "old-1.mrr", "old-2.mrr", "--against", "new-1.mrr", "new-2.mrr"]
        let without = try await program.run(runs)
        #expect(without.output.contains("is not known (compare"), "\(without)")
        #expect(without.output.contains("margin 5.0 %"))
        let with = try await program.run(runs + ["--noise", "noise.json"])
        #expect(with.output.contains("margin 50.0 %"), "\(with)")
        try Data("{}".utf8).write(to: program.url("noise.json"))
        let bad = try await program.run(runs + ["--noise", "noise.json"])
        bad.expectFailure(65, saying: "noise.json is no calibration of 'compare'")
    }

    @Test func whatCannotBeComparedIsSaidAtOnce() async throws {
        let program = try programWithTrace()
        let sides = ["--baseline", "http://127.0.0.1:1", "--candidate", "http://127.0.0.1:2"]
        let dead = try await program.run(["compare"] + sides + ["shop.mtr"])
        dead.expectFailure(69, saying: "the target http://127.0.0.1:1 can't be reached")
        let few = try await program.run(["compare", "--repetitions", "1"] + sides + ["shop.mtr"])
        #expect(few.status == 64 && few.errors.contains("--repetitions takes"), "\(few)")
        let recorded = try await program.run(
            "compare",
            "--baseline",
            "http://127.0.0.1:3000",
            "shop.mtr"
        )
        recorded.expectFailure(64, saying: "recorded from 127.0.0.1:3000 itself")
    }
}
