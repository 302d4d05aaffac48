import ArgumentParser
import Encryption
import SystemPackage

/// The options that say whose certificates are believed of an https server.
struct TrustOptions: ParsableArguments {
    @Flag(help: "Believe any certificate of an https server; for test servers.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "Believe certificates that the authorities in this PEM file have signed.",
            valueName: "file"
        )
    )
    var ca: String?

    func validate() throws {
        guard !insecure || ca == nil else {
            throw ValidationError("--insecure believes everybody, so --ca says nothing.")
        }
    }

    /// Whose certificates are believed.
    var value: Trust {
        if insecure { return .anyone }
        return ca.map { .authorities(FilePath($0)) } ?? .system
    }
}
