import Analyzer
import Interchange
import SystemPackage

/// mik's log, read for the loads of modules.
enum ServerLog {
    /// Reads the loads of a log.
    ///
    /// - Parameter name: The file; `-` is standard input.
    /// - Returns: Which requests loaded something.
    /// - Throws: `CommandFailure` when the file can't be read, or says nothing of requests.
    static func loads(in name: String) throws(CommandFailure) -> ServerLoads {
        let stream = try InputStream(opening: FilePath(name))
        var log = MikLoadLog()
        do {
            while let bytes = try stream.read() { try log.read(bytes) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(name): \(error)", .badData)
        }
        log.finish()
        if log.namelessCount > 0 {
            Terminal.printError(
                "mik-replay: warning: \(log.namelessCount) loads in \(name) name no request, so it is "
                    + "not known whose they are"
            )
        }
        return ServerLoads(requestIDs: log.loads.map(\.requestID))
    }
}
