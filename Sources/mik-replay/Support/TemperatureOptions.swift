import Analyzer
import ArgumentParser
import SystemPackage

/// The options that say what is known of the server, to tell cold requests from warm ones by.
struct TemperatureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take which requests loaded a module from mik's log of the run, at level INFO.",
            valueName: "file"
        )
    )
    var mikLog: String?

    @Option(
        help: ArgumentHelp(
            "Take what answers say of loads in this field, which 'replay --keep-header' has kept: "
                + "hit, cold, compile or aot.",
            valueName: "name"
        )
    )
    var coldHeader: FieldNameArgument?

    @Option(
        help: ArgumentHelp(
            "Take which modules were loaded when from this file of 'replay --observe'.",
            valueName: "file"
        )
    )
    var observed: String?

    @Option(
        help: ArgumentHelp(
            "Take how much mik keeps in memory, and where its modules are, from its mik.toml.",
            valueName: "file"
        )
    )
    var mikConfig: String?

    @Option(
        help: ArgumentHelp(
            "The folder of mik's modules, for their sizes; otherwise the one in --mik-config.",
            valueName: "folder"
        )
    )
    var modules: String?

    @Option(
        help: ArgumentHelp(
            "Whether mik had compiled modules on its disk at the start: cold, warm or unknown.",
            valueName: "state"
        ),
        transform: TemperatureOptions.artifacts
    )
    var aot = ServerKnowledge.Artifacts.unknown

    func validate() throws {
        guard modules == nil || mikConfig != nil else {
            throw ValidationError("--modules needs --mik-config, which says how much fits.")
        }
    }

    /// Reads what the options name.
    ///
    /// - Returns: What is known of the server.
    /// - Throws: `CommandFailure` when a file or folder can't be read or understood.
    func knowledge() throws -> ServerKnowledge {
        var knowledge = ServerKnowledge()
        knowledge.artifacts = aot
        knowledge.markerField = coldHeader?.name.lowercased()
        knowledge.observations = try observed.map { try Observation.read(FilePath($0)) }
        knowledge.loads = try mikLog.map { try ServerLog.loads(in: $0) }
        if let mikConfig { knowledge.cache = try cache(by: FilePath(mikConfig)) }
        return knowledge
    }

    /// Tells on standard error when a log could not be joined with the run.
    func warn(about analysis: RunAnalysis) {
        guard let loads = analysis.loads, loads.lines > 0, !loads.canBeJoined else { return }
        Terminal.printError(
            "mik-replay: warning: no answer of the run had an x-request-id, so the log does not "
                + "say which requests were cold"
        )
    }

    private static func artifacts(_ text: String) throws -> ServerKnowledge.Artifacts {
        guard let artifacts = ServerKnowledge.Artifacts(rawValue: text) else {
            throw ValidationError("--aot takes cold, warm or unknown.")
        }
        return artifacts
    }

    private func cache(by path: FilePath) throws -> ModuleCache {
        let text = try TextFile.read(path, limit: MikConfig.sizeLimit)
        let config: MikConfig
        do {
            config = try MikConfig(parsing: text)
        } catch {
            throw CommandFailure("\(path.string): \(error)", .badData)
        }
        // mik takes its folders from where it was started, which is where its configuration is.
        let start = path.removingLastComponent()
        let folder = modules.map { FilePath($0) } ?? start.pushing(FilePath(config.modules))
        var sizes = try ModuleFiles.sizes(in: folder)
        if let userModules = config.userModules {
            let tenants = try ModuleFiles.tenantSizes(in: start.pushing(FilePath(userModules)))
            sizes.merge(tenants) { size, _ in size }
        }
        var cache = ModuleCache()
        cache.capacity = config.cacheCapacity
        cache.sizes = sizes
        return cache
    }
}
