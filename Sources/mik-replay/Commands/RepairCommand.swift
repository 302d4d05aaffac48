import Analyzer
import ArgumentParser
import Editing
import SystemPackage
import TraceFormat

/// `mik-replay repair`: everything readable of a damaged file as a finished one.
struct RepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Write everything that can be read of a damaged trace or run to a new file.",
        discussion: """
            Says what is lost: blocks with their place in the file, and the exchanges and
            seconds in them, as far as that is known. The damaged file is not touched.

            Examples:
              mik-replay repair crashed.mtr -o saved.mtr
              mik-replay repair broken.mrr -o saved.mrr
            """
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write.", valueName: "file")
    )
    var output: String

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(help: "The damaged trace (.mtr) or run (.mrr).")
    var file: String

    func run() async throws {
        try await reportingFailures {
            let (input, output) = (FilePath(file), FilePath(output))
            try OutputFile.refuse(output, asInput: input)
            let account: RepairAccount
            do {
                account = try repairTrace(input, output)
            } catch TraceError.wrongKind(_, found: .run, _) {
                account = try repairRun(input, output)
            }
            RunFile.warn(about: account.damage, in: input)
            for part in account.lostParts {
                Terminal.printError("lost: \(text(of: part, account))")
            }
            Terminal.printError("\(self.output): \(account.kept) \(account.what) saved")
            guard account.lostParts.isEmpty else { return }
            Terminal.printError("nothing was lost")
        }
    }

    private func repairTrace(_ input: FilePath, _ output: FilePath) throws -> RepairAccount {
        var reader = try TraceReader(opening: input)
        // The first record is read before the output is made: a file without any is not repaired.
        guard let first = try reader.next() else {
            throw CommandFailure("\(file) has no record that can be read", .badData)
        }
        var writer = try TraceWriter(creating: output, replacing: force, info: reader.info)
        do {
            try writer.append(first)
            while let record = try reader.next() { try writer.append(record) }
            var account = RepairAccount(reader.damage, reader.losses, of: "exchanges")
            var ledger = reader.summary.ledger ?? Ledger()
            account.add(to: &ledger, wasFinished: reader.summary.ledger != nil)
            account.kept = try writer.finish(ledger: ledger).exchanges
            return account
        } catch {
            OutputFile.discard(output)
            throw error
        }
    }

    private func repairRun(_ input: FilePath, _ output: FilePath) throws -> RepairAccount {
        var reader = try RunReader(opening: input)
        guard let first = try reader.next() else {
            throw CommandFailure("\(file) has no outcome that can be read", .badData)
        }
        var writer = try RunWriter(creating: output, replacing: force, info: reader.info)
        do {
            var (kept, lastTime): (UInt64, Int64) = (0, 0)
            var next: Outcome? = first
            while let outcome = next {
                try writer.append(outcome)
                kept += 1
                lastTime = max(lastTime, outcome.end ?? outcome.due)
                next = try reader.next()
            }
            var account = RepairAccount(reader.damage, reader.losses, of: "outcomes")
            account.kept = kept
            // Without its ending nobody knows that a run was whole.
            var ending =
                reader.ending ?? RunEnding(isPartial: true, duration: lastTime, ledger: Ledger())
            ending.isPartial = ending.isPartial || !account.lostParts.isEmpty
            account.add(to: &ending.ledger, wasFinished: reader.ending != nil)
            try writer.finish(ending)
            return account
        } catch {
            OutputFile.discard(output)
            throw error
        }
    }

    /// What was in a part, as far as that is known.
    private func text(of part: LostPart, _ account: RepairAccount) -> String {
        var text = "\(part.byteCount) bytes from byte \(part.offset) on"
        if let count = part.exchangeCount {
            text += ", \(count) \(account.what)"
        } else if let count = part.recordCount {
            text += ", \(count) records"
        }
        if let times = part.times {
            text += ", \(duration(times.upperBound &- times.lowerBound)) of recorded time"
        }
        return text
    }
}
