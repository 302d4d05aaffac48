import Glibc
import SystemPackage

/// A folder's entries.
enum FolderListing {
    /// The names in a folder, those of hidden files too, in no order; `nil` if it can't be read.
    static func entries(of folder: FilePath) -> [String]? {
        guard let stream = unsafe opendir(folder.string) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
        return names
    }
}
