import Analyzer
import FoundationEssentials
import Replayer
import SystemPackage

/// The answers of a target to the question which modules it has loaded, kept as JSON lines.
struct Observation: Sendable {
    let observer: HealthObserver
    let output: FilePath
    let replaces: Bool

    /// One line of the file.
    private struct Line: Codable {
        var sentNanoseconds: Int64
        var endNanoseconds: Int64
        var loadedModules: [String]

        enum CodingKeys: String, CodingKey {
            case sentNanoseconds = "sent_ns"
            case endNanoseconds = "end_ns"
            case loadedModules = "loaded_modules"
        }
    }

    /// What is wanted of an answer.
    private struct Health: Decodable {
        var loadedModules: [String]

        enum CodingKeys: String, CodingKey {
            case loadedModules = "loaded_modules"
        }
    }

    /// Asks before, during and after something is done, and writes the answers, also if that failed
    /// halfway.
    func observing<Value>(
        _ monitor: ReplayMonitor,
        _ body: () async throws -> Value
    ) async throws -> Value {
        await observer.begin()
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        let observed = await observer.end(monitor)
        if observed.hasBegun { try write(observed.answers, failedCount: observed.failedCount) }
        return try result.get()
    }

    private func write(_ answers: [HealthAnswer], failedCount: Int) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var unreadableCount = failedCount
        var text = ""
        for answer in answers {
            guard let health = try? JSONDecoder().decode(Health.self, from: Data(answer.body))
            else {
                unreadableCount += 1
                continue
            }
            let line = Line(
                sentNanoseconds: answer.sent,
                endNanoseconds: answer.end,
                loadedModules: health.loadedModules.sorted()
            )
            text += String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
        }
        try OutputFile.write(text, to: output, replacing: replaces)
        guard unreadableCount > 0 else { return }
        Terminal.printError(
            "mik-replay: warning: \(unreadableCount) times the target did not say which modules it has "
                + "loaded (\(HealthObserver.requestTarget))"
        )
    }

    /// Reads what was observed.
    static func read(_ path: FilePath) throws(CommandFailure) -> ModuleObservations {
        let text = try TextFile.read(path, limit: 1 << 30)
        var lists: [ModuleObservations.List] = []
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else {
                throw CommandFailure(
                    "\(path.string): line \(number + 1) is no observation of 'replay --observe'",
                    .badData
                )
            }
            lists.append(
                ModuleObservations.List(
                    sent: line.sentNanoseconds,
                    end: line.endNanoseconds,
                    modules: Set(line.loadedModules)
                )
            )
        }
        return ModuleObservations(lists)
    }
}
