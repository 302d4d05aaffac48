import Analyzer
import SystemPackage
import TraceFormat

/// A run file that was read to its end and analysed.
struct RunFile {
    let analysis: RunAnalysis
    let version: FormatVersion
    /// What of the file could not be read.
    let damage: [FileDamage]

    /// Reads a run.
    init(
        reading path: FilePath,
        knowledge: ServerKnowledge = ServerKnowledge(),
        rules: RouteRules = RouteRules()
    ) throws(TraceError) {
        var reader = try RunReader(opening: path)
        var analyzer = RunAnalyzer(info: reader.info, knowledge: knowledge, rules: rules)
        while let outcomes = try reader.nextBlockOfOutcomes() { analyzer.add(outcomes) }
        version = reader.version
        damage = reader.damage
        // Given away, so that a million records are not copied to be sorted.
        analysis = (consume analyzer).finish(ending: reader.ending)
    }

    /// Reads a run; damage of the file is told on standard error.
    static func analyse(
        _ path: FilePath,
        knowledge: ServerKnowledge = ServerKnowledge(),
        rules: RouteRules = RouteRules()
    ) throws(TraceError) -> RunAnalysis {
        let file = try RunFile(reading: path, knowledge: knowledge, rules: rules)
        warn(about: file.damage, in: path)
        return file.analysis
    }

    /// Tells on standard error what of a file could not be read.
    static func warn(about damage: [FileDamage], in path: FilePath) {
        for damage in damage {
            Terminal.printError("mik-replay: warning: \(path.string): \(damage)")
        }
    }
}

extension Style {
    /// The style that suits standard output.
    static var ofStandardOutput: Style {
        Style(hasColours: Terminal.isOutputInteractive, hasSymbols: Terminal.isOutputInteractive)
    }
}
