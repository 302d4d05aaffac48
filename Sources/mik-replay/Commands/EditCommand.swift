import ArgumentParser
import Editing
import Redaction
import SystemPackage
import TraceFormat

/// `mik-replay edit`: a trace made of parts of others.
struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Filter, slice, sample, join, merge, stretch and anonymise traces.",
        discussion: """
            Several traces follow each other in time, or keep their times with --merge.
            Options of one kind are alternatives; of several kinds, one each must hold.
            What was left out is counted in the ledger of the result. The same traces and
            options always give the same result, byte for byte.

            Examples:
              mik-replay edit shop.mtr --slice 37m..40m -o rush.mtr
              mik-replay edit shop.mtr --route 'GET /run/cart/*' --status 5xx -o bad.mtr
              mik-replay edit shop.mtr --except-route /health --sample 10% -o some.mtr
              mik-replay edit monday.mtr tuesday.mtr --rescale 0.5x -o both.mtr
              mik-replay edit --merge host-a.mtr host-b.mtr -o all.mtr
              mik-replay edit shop.mtr --anonymise --redact-query token -o public.mtr
              mik-replay edit public.mtr --verify-anonymised shop.mtr \\
                  --redact-query token
            """
    )

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The trace to write, or - for standard output.", valueName: "file")
    )
    var output: String?

    @OptionGroup(title: "What is kept")
    var selection: EditSelectionOptions

    @Flag(help: "Put several traces together by their times of day, not one behind the other.")
    var merge = false

    @Option(
        help: ArgumentHelp(
            "Move the trace in Unix time, such as 24h or -5m; recorded time stays.",
            valueName: "duration"
        )
    )
    var shift: ShiftArgument?

    @Option(
        help: ArgumentHelp(
            "Stretch time: with 2x requests begin twice as far apart. How long each took stays.",
            valueName: "factor"
        )
    )
    var rescale: FactorArgument?

    @Flag(help: "Replace credentials, and what the options below name, by placeholders.")
    var anonymise = false

    @Option(
        help: ArgumentHelp(
            "Look for what was replaced of this original, from 8 bytes on, in the result, or "
                + "without --output in the traces that are given; status 1 if some is found.",
            valueName: "original"
        )
    )
    var verifyAnonymised: String?

    @OptionGroup(title: "What is replaced with --anonymise")
    var redaction: RedactionPolicyOptions

    @Flag(help: "Replace the output if it exists.")
    var force = false

    @Argument(help: "The traces (.mtr).")
    var files: [String]

    func validate() throws {
        guard output != nil || verifyAnonymised != nil else {
            throw ValidationError("--output is missing")
        }
        if verifyAnonymised != nil, output == "-" {
            throw ValidationError("what goes to standard output can't be verified")
        }
    }

    func run() async throws {
        try await reportingFailures {
            if let output { try edit(to: FilePath(output)) }
            guard let original = verifyAnonymised else { return }
            try verify(output.map { [$0] } ?? files, against: original)
        }
    }
}

// MARK: - Editing

extension EditCommand {
    private func edit(to output: FilePath) throws {
        let inputs = files.map { FilePath($0) }
        for input in inputs { try OutputFile.refuse(output, asInput: input) }
        let sources = try inputs.map { path in
            let reader = try TraceReader(opening: path)
            return EditPlan.Source(info: reader.info, summary: reader.summary)
        }
        let plan: EditPlan
        do {
            plan = try EditPlan(
                sources,
                merge ? .byTime : .oneAfterAnother,
                factor: rescale?.factor ?? 1,
                shift: shift?.nanoseconds ?? 0,
                writer: Version.writer
            )
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
        var redactor = try redactor(for: sources)
        var info = plan.info
        if let redactor {
            info.redaction = redactor.statement(behind: info.redaction)
        }
        let writer = try TraceWriter(creating: output, replacing: force, info: info)
        do {
            let summary = try write(plan, inputs, &redactor, to: writer)
            report(summary)
        } catch {
            OutputFile.discard(output)
            throw error
        }
    }

    private func write(
        _ plan: EditPlan,
        _ inputs: [FilePath],
        _ redactor: inout EditRedactor?,
        to writer: consuming TraceWriter
    ) throws -> TraceSummary {
        var edit = TraceEdit(
            selection.selection,
            factor: rescale?.factor ?? 1,
            inputs: plan.inputs
        )
        var records: [TraceRecord] = []
        if merge {
            var merged = MergedRecords()
            for input in inputs { try merged.add(TraceReader(opening: input).orderedByTime()) }
            while let (record, input) = try merged.next() {
                edit.add(record, from: input, to: &records)
                try append(&records, &redactor, to: &writer)
            }
            for (input, path) in inputs.enumerated() {
                RunFile.warn(about: merged.damage(of: input), in: path)
            }
        } else {
            for (input, path) in inputs.enumerated() {
                var reader = try TraceReader(opening: path)
                while let record = try reader.next() {
                    edit.add(record, from: input, to: &records)
                    try append(&records, &redactor, to: &writer)
                }
                RunFile.warn(about: reader.damage, in: path)
            }
        }
        edit.finish(to: &records)
        try append(&records, &redactor, to: &writer)
        var ledger = Ledger()
        edit.counts.add(to: &ledger)
        redactor?.redactor.counts.write(to: &ledger)
        for group in plan.ledger.groups {
            for counter in group.counters { ledger[group.name, counter.name] = counter.count }
        }
        return try writer.finish(ledger: ledger)
    }

    private func append(
        _ records: inout [TraceRecord],
        _ redactor: inout EditRedactor?,
        to writer: inout TraceWriter
    ) throws(TraceError) {
        for record in records {
            guard case .exchange(var exchange) = record, redactor != nil else {
                try writer.append(record)
                continue
            }
            redactor?.redactor.redact(&exchange)
            try writer.append(.exchange(exchange))
        }
        records.removeAll(keepingCapacity: true)
    }

    private func report(_ summary: TraceSummary) {
        var facts = TextFacts(
            title: "\(output ?? ""): \(summary.exchanges) exchanges on \(summary.connections) "
                + "connections"
        )
        facts.add(summary.ledger)
        Terminal.printError(facts.text, terminator: "")
    }
}

// MARK: - Anonymising

/// What replaces secrets in an edit, and where its key is from.
private struct EditRedactor {
    var redactor: Redactor
    let policy: RedactionPolicy
    let keySource: String

    /// What the trace says of its redaction, behind what it said before.
    func statement(behind earlier: String) -> String {
        let statement = "\(policy); key \(keySource)"
        return earlier.isEmpty ? statement : "\(earlier); then \(statement)"
    }
}

extension EditCommand {
    /// The redactor that was asked for; without a key in a file, the traces' content makes one, so
    /// that the same traces give the same result.
    private func redactor(for sources: [EditPlan.Source]) throws -> EditRedactor? {
        guard anonymise else { return nil }
        let policy = try redaction.policy()
        let given = try redaction.key()
        var derivation = RedactionKey.Derivation()
        for source in sources { derivation.update(Array(source.summary.contentHash.utf8).span) }
        return EditRedactor(
            redactor: Redactor(policy, key: given ?? derivation.finish()),
            policy: policy,
            keySource: given == nil ? "from the traces" : "given"
        )
    }

    private func verify(_ files: [String], against original: String) throws {
        var check = try AnonymityCheck(try redaction.policy())
        try forEachExchange(of: original) { check.learn($0) }
        for file in files { try forEachExchange(of: file) { check.check($0) } }
        guard check.leakCount > 0 else {
            Terminal.printError("none of \(check.secretCount) secrets of \(original) was found")
            return
        }
        for leak in check.leaks {
            Terminal.printError(
                "connection \(leak.connection), exchange \(leak.sequence): a secret stands at "
                    + "byte \(leak.offset) of the \(leak.part)"
            )
        }
        throw CommandFailure(
            "secrets of \(original) were found at \(check.leakCount) places",
            .regression
        )
    }

    private func forEachExchange(of file: String, _ body: (Exchange) -> Void) throws {
        let path = FilePath(file)
        var reader = try TraceReader(opening: path)
        while let record = try reader.next() {
            if case .exchange(let exchange) = record { body(exchange) }
        }
        RunFile.warn(about: reader.damage, in: path)
    }
}
