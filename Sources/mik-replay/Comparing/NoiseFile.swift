import Analyzer
import FoundationEssentials
import SystemPackage
import TraceFormat

/// How far two runs of one target differ on a machine, as it is kept beside a trace.
struct NoiseFile: Codable, Equatable {
    /// The layout of the file.
    var version = 1
    var host: String
    var kernel: String
    /// When it was measured, in nanoseconds since the start of 1970.
    var measuredAt: Int64
    var traceHash: String
    var speed: String
    var repetitions: Int
    /// The 95th percentile of the relative change between two runs of one target, by route.
    var medians: [String: Double]
    /// The same of p99.
    var tails: [String: Double]
    /// The same of first uses; missing where there were none.
    var cold: Double?

    private enum CodingKeys: String, CodingKey {
        case version, host, kernel, speed, repetitions, medians, tails, cold
        case measuredAt = "measured_at_ns"
        case traceHash = "trace_hash"
    }

    /// What runs have shown.
    init(_ floor: NoiseFloor, run: RunInfo) {
        let environment = HostEnvironment.metadata()
        host = environment["host"] ?? ""
        kernel = environment["kernel"] ?? ""
        measuredAt = HostEnvironment.wallClock()
        traceHash = run.traceHash
        speed = run.speed
        repetitions = floor.repetitions
        medians = floor.medians
        tails = floor.tails
        cold = floor.cold
    }

    /// The numbers by themselves.
    var floor: NoiseFloor {
        NoiseFloor(repetitions: repetitions, medians: medians, tails: tails, cold: cold)
    }

    /// Where the file of a trace is.
    static func path(beside trace: FilePath) -> FilePath {
        var path = trace
        path.extension = "noise.json"
        return path
    }

    /// Why it says nothing about such a run here; `nil` when it does.
    func mismatch(_ run: RunInfo) -> String? {
        let environment = HostEnvironment.metadata()
        if traceHash != run.traceHash { return "of another trace" }
        if speed != run.speed { return "of another speed" }
        if host != environment["host"] { return "of another host" }
        return kernel == environment["kernel"] ? nil : "of another kernel"
    }

    /// Reads a file.
    static func read(_ path: FilePath) throws(CommandFailure) -> NoiseFile {
        let text = try TextFile.read(path, limit: 16 << 20)
        do {
            let file = try JSONDecoder().decode(NoiseFile.self, from: Data(text.utf8))
            let numbers = Array(file.medians.values) + Array(file.tails.values)
            guard file.version == 1, numbers.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                throw CommandFailure("\(path.string) is of a version that is not known", .badData)
            }
            return file
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(path.string) is no calibration of 'compare'", .badData)
        }
    }

    /// Writes the file in place of an older one.
    func write(to path: FilePath) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(self), as: UTF8.self)
        try OutputFile.write(text + "\n", to: path, replacing: true)
    }
}
