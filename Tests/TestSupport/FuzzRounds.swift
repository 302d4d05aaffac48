import Foundation

/// How much longer than usual random tests run.
public enum FuzzRounds {
    /// By what to multiply the number of cases: `FUZZ_ROUNDS` of the environment, or 1.
    ///
    /// Seeds stay, so that more rounds are the usual ones and others behind them.
    public static let factor: Int =
        ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1
}
