import Analyzer
import SystemPackage
import TraceFormat

/// Reads run files for the commands that report on them.
enum RunFile {
    /// Reads a run and analyses it; damage of the file is told on standard error.
    static func analyse(_ path: FilePath) throws(TraceError) -> RunAnalysis {
        var reader = try RunReader(opening: path)
        var analyzer = RunAnalyzer(info: reader.info)
        while let outcome = try reader.next() { analyzer.add(outcome) }
        warn(about: reader.damage, in: path)
        return analyzer.finish(ending: reader.ending)
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
