internal import Foundation
public import SystemPackage

/// A key with a certificate of its own, made by openssl in a folder of its own.
public struct TestCertificate: Sendable {
    private let folder: TemporaryFolder
    /// The certificate (PEM), which is its own authority.
    public var certificate: FilePath { folder.path.appending("certificate.pem") }
    /// Its key (PEM).
    public var key: FilePath { folder.path.appending("key.pem") }

    /// What openssl may fail with.
    public struct NotMade: Error {}

    /// Makes a certificate for a name.
    public init(name: String = "localhost") throws {
        folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path.string)
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
            "-keyout", "key.pem", "-out", "certificate.pem",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NotMade() }
    }
}
