internal import TOMLKit

/// What mik's own configuration file says of how modules are kept in memory.
///
///     [server]
///     modules = "modules/"           # the default
///     user_modules = "tenants/"      # those of tenants; none by default
///     max_cache_mb = 256             # 0, or left out: mik sizes it by the machine's memory
///     auto = true                    # false: 256 MiB
///
/// Everything else in the file is mik's alone.
public struct MikConfig: Equatable, Sendable {
    /// The folder of the modules, as written.
    public let modules: String
    /// The folder of the tenants' modules, as written; `nil` without.
    public let userModules: String?
    /// The bytes of module files that fit into memory, at least.
    ///
    /// Sized by the machine, mik's memory is a tenth of the machine's, and 64 MiB at least: with so
    /// much nothing is thrown out for sure.
    public let cacheCapacity: UInt64

    /// The most bytes that a file may have.
    public static let sizeLimit = 1 << 20

    private static let mebibyte: UInt64 = 1 << 20

    /// Reads the text of a file.
    public init(parsing text: String) throws(MikConfigError) {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw MikConfigError("the file is no TOML: \(error)")
        }
        guard let server = table["server"]?.table else {
            throw MikConfigError("there is no [server] in it, without which mik does not start")
        }
        modules = try Self.text("modules", of: server) ?? "modules/"
        userModules = try Self.text("user_modules", of: server)
        cacheCapacity = try Self.capacity(server)
    }

    private static func capacity(_ server: TOMLTable) throws(MikConfigError) -> UInt64 {
        if let value = server["max_cache_mb"] {
            guard let number = value.int, (0...(1 << 30)).contains(number) else {
                throw MikConfigError("'max_cache_mb' takes a number of mebibytes")
            }
            if number > 0 { return UInt64(number) * mebibyte }
        }
        guard let value = server["auto"] else { return 64 * mebibyte }
        guard let isAutomatic = value.bool else {
            throw MikConfigError("'auto' takes true or false")
        }
        return (isAutomatic ? 64 : 256) * mebibyte
    }

    private static func text(
        _ key: String,
        of table: TOMLTable
    ) throws(MikConfigError) -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.string else {
            throw MikConfigError("'\(key)' takes a text in quotes")
        }
        return text
    }
}

/// What is wrong with a configuration file of mik.
public struct MikConfigError: Error, Equatable, CustomStringConvertible {
    /// The fault, as a sentence without a full stop.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
