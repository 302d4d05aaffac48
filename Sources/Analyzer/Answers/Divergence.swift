/// The request from which on the answers of a route hardly resemble others, though they did before.
///
/// The state of the target has then gone another way, and its latency is that of other work, which is
/// not judged.
public struct Divergence: Equatable, Sendable {
    /// Which answers they resembled.
    public enum Reference: String, Sendable {
        /// Those of the recording, in the baseline.
        case recordingOfBaseline = "baseline_from_recording"
        /// Those of the recording, in the candidate.
        case recordingOfCandidate = "candidate_from_recording"
        /// Those of the baseline.
        case baseline = "candidate_from_baseline"
    }

    /// The position in the trace of the first request that is unlike.
    public let index: UInt64
    /// Which answers are unlike which.
    public let reference: Reference

    /// What is behind a route that is not judged, in words without a full stop.
    var reason: String {
        let (side, others) =
            switch reference {
            case .recordingOfBaseline: ("baseline", "the recording's")
            case .recordingOfCandidate: ("candidate", "the recording's")
            case .baseline: ("candidate", "the baseline's")
            }
        return "not judged, from #\(index) on the answers of the \(side) hardly resemble "
            + "\(others): its latency is that of other work"
    }
}

/// Finds where the answers of a route begin to be unlike others, looked at in order.
struct DivergenceSearch {
    /// Fewer answers on a side of a divergence do not make one.
    private static let leastCount = 20
    private static let leastBefore = 0.8
    private static let mostAfter = 0.2

    private var answers: [(index: UInt64, isSame: Bool)] = []

    mutating func add(index: UInt64, _ likeness: Answer.Likeness?) {
        guard let likeness else { return }
        answers.append((index, likeness == .same))
    }

    /// The request that divides alike from unlike answers best, if both sides are clear.
    var index: UInt64? {
        let all = answers.count { $0.isSame }
        var (before, best, place) = (0, 0.0, nil as UInt64?)
        for (position, answer) in answers.enumerated() {
            defer { before += answer.isSame ? 1 : 0 }
            let after = answers.count - position
            guard position >= Self.leastCount, after >= Self.leastCount else { continue }
            let shareBefore = Double(before) / Double(position)
            let shareAfter = Double(all - before) / Double(after)
            guard shareBefore >= Self.leastBefore, shareAfter <= Self.mostAfter else { continue }
            if shareBefore - shareAfter > best {
                (best, place) = (shareBefore - shareAfter, answer.index)
            }
        }
        return place
    }
}
