import SystemPackage

/// The sizes of a server's module files, by the names under which requests ask for them.
enum ModuleFiles {
    private static let ending = ".wasm"

    /// The modules of a folder: `cart.wasm` is `cart`.
    ///
    /// - Parameter folder: The folder that the server calls `modules`.
    /// - Returns: The bytes of each file.
    /// - Throws: `CommandFailure` when the folder can't be read.
    static func sizes(in folder: FilePath) throws(CommandFailure) -> [String: UInt64] {
        guard let names = FolderListing.entries(of: folder) else {
            throw CommandFailure("\(folder.string) is no folder that can be read", .inputMissing)
        }
        var sizes: [String: UInt64] = [:]
        for name in names where name.hasSuffix(ending) {
            guard let file = try? folder.appending(name).stat(), file.type == .regular else {
                continue
            }
            sizes[String(name.dropLast(ending.count))] = UInt64(clamping: file.size)
        }
        return sizes
    }

    /// The tenants' modules: `acme/cart.wasm` is `acme/cart`.
    ///
    /// - Parameter folder: The folder that the server calls `user_modules`.
    /// - Returns: The bytes of each file.
    /// - Throws: `CommandFailure` when the folder can't be read.
    static func tenantSizes(in folder: FilePath) throws(CommandFailure) -> [String: UInt64] {
        guard let tenants = FolderListing.entries(of: folder) else {
            throw CommandFailure("\(folder.string) is no folder that can be read", .inputMissing)
        }
        var sizes: [String: UInt64] = [:]
        for tenant in tenants where !tenant.hasPrefix(".") {
            let path = folder.appending(tenant)
            guard (try? path.stat().type) == .directory else { continue }
            for (module, size) in try Self.sizes(in: path) { sizes["\(tenant)/\(module)"] = size }
        }
        return sizes
    }
}
