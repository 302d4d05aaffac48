import ArgumentParser
import Encryption
import SystemPackage

/// The options that say with what a server shows its clients who it is.
struct IdentityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Speak TLS with the clients, with the certificate in this PEM file, and those between "
                + "it and its authority behind it.",
            valueName: "file"
        )
    )
    var tlsCert: String?

    @Option(
        help: ArgumentHelp(
            "The certificate's private key: a PEM file without a passphrase.",
            valueName: "file"
        )
    )
    var tlsKey: String?

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together.")
        }
    }

    /// The files; `nil` when clients are not to be encrypted.
    var value: Identity? {
        guard let tlsCert, let tlsKey else { return nil }
        return Identity(certificates: FilePath(tlsCert), key: FilePath(tlsKey))
    }
}
