import Analyzer
import ArgumentParser
import Capture
import Redaction
import Replayer
import StandIn
import SystemPackage
import TraceFormat

/// A failure that ends the command: one sentence for the user, and a status for the script.
struct CommandFailure: Error {
    var message: String
    var status: ExitStatus

    init(_ message: String, _ status: ExitStatus) {
        self.message = message
        self.status = status
    }

    /// Says what an error of any part means for the user.
    init(_ error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as TraceError: self.init(error)
        case let error as ReplayError:
            self.init("\(error)\(error.wayRound)", ExitStatus(error))
        case CaptureError.output(let error): self.init(error)
        case let error as CaptureError:
            self.init("\(error)", ExitStatus(error.category))
        case let error as RedactionError: self.init("\(error)", .usage)
        case let error as StandInError:
            self.init("\(error)", ExitStatus(error))
        case let error as MergeError:
            self.init("\(error)", .badData)
        case let error as ComparisonError:
            self.init(error)
        default: self.init("\(error)", .internalFault)
        }
    }

    private init(_ error: ComparisonError) {
        if let wayRound = error.wayRound {
            self.init("\(error) (\(wayRound))", .badData)
        } else {
            self.init("\(error)", .usage)
        }
    }

    private init(_ error: TraceError) {
        if case .alreadyExists(let file) = error {
            self = .alreadyExists(FilePath(file))
        } else {
            self.init("\(error)", ExitStatus(error.category))
        }
    }

    /// The output is there already and is not to be replaced.
    static func alreadyExists(_ path: FilePath) -> CommandFailure {
        CommandFailure(
            "\(path.string) already exists; use --force to replace it",
            .cannotWrite
        )
    }
}

extension ReplayError {
    /// The option with which it is done all the same, in brackets.
    fileprivate var wayRound: String {
        switch self {
        case .recordedTarget: " (--allow-recorded-target replays against it all the same)"
        case .unconfirmedWrites: " (--yes sends them all the same)"
        case .unusableTarget, .targetUnreachable, .unusableTrust, .emptyTrace, .emptyPlan: ""
        }
    }
}

extension ComparisonError {
    /// The option with which the runs are compared all the same.
    fileprivate var wayRound: String? {
        switch self {
        case .differentTraces: "--unpaired compares them all the same"
        case .differentSpeeds, .differentConnections:
            "--allow-different-conditions compares them all the same"
        case .unequalRepetitions: nil
        }
    }
}

extension ExitStatus {
    fileprivate init(_ category: TraceError.Category) {
        switch category {
        case .missingInput: self = .inputMissing
        case .badData: self = .badData
        case .cannotWrite: self = .cannotWrite
        }
    }

    fileprivate init(_ category: CaptureError.Category) {
        switch category {
        case .usage: self = .usage
        case .missingInput: self = .inputMissing
        case .badData: self = .badData
        case .unreachable: self = .targetUnreachable
        case .cannotWrite: self = .cannotWrite
        }
    }

    fileprivate init(_ error: StandInError) {
        switch error {
        case .cannotListen, .unknownRoute, .invalidFactor: self = .usage
        }
    }

    fileprivate init(_ error: ReplayError) {
        switch error {
        case .unusableTarget, .recordedTarget, .unconfirmedWrites: self = .usage
        case .targetUnreachable: self = .targetUnreachable
        case .unusableTrust: self = .inputMissing
        case .emptyTrace, .emptyPlan: self = .badData
        }
    }
}

/// Runs the body of a command; a failure becomes one line on standard error and an exit status.
func reportingFailures(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let code as ExitCode {
        throw code
    } catch let error as ValidationError {
        throw error
    } catch {
        let failure = CommandFailure(error)
        Terminal.printError("mik-replay: \(failure.message)")
        throw failure.status.exitCode
    }
}
