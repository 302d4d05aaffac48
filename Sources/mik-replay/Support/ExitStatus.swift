import ArgumentParser

/// Every status with which the program ends.
enum ExitStatus: Int32 {
    /// Everything was done, and nothing is wrong.
    case success = 0
    /// A regression was found, or a threshold was missed.
    case regression = 1
    /// The measurement is not valid.
    case invalidMeasurement = 3
    /// The comparison says neither yes nor no.
    case inconclusive = 4
    /// The command line can't be understood.
    case usage = 64
    /// The input is not what it should be.
    case badData = 65
    /// The input is not there.
    case inputMissing = 66
    /// The target can't be reached.
    case targetUnreachable = 69
    /// A fault of this program.
    case internalFault = 70
    /// The output can't be written.
    case cannotWrite = 73
    /// The user stopped it; what was there has been written.
    case interrupted = 130

    /// The status in the form in which a command throws it.
    var exitCode: ExitCode { ExitCode(rawValue) }
}
