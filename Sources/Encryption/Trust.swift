public import SystemPackage

/// Whose certificates are believed.
public enum Trust: Equatable, Sendable {
    /// Those that this system believes.
    case system
    /// Those signed by an authority in this file (PEM).
    case authorities(FilePath)
    /// Any, for test servers: nobody checks who answers.
    case anyone
}
