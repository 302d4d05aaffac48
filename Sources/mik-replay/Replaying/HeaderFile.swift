import Replayer
import SystemPackage

/// A file of fields that are set in every request, so that tokens stand in no list of processes.
enum HeaderFile {
    /// No longer than the head that any server takes.
    private static let byteLimit = 1 << 20

    /// Reads a file of lines `Name: value`; empty lines and those that begin with `#` are left out.
    static func edits(in name: String) throws(CommandFailure) -> [FieldEdit] {
        var edits: [FieldEdit] = []
        let text = try TextFile.read(FilePath(name), limit: byteLimit)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            guard let field = FieldArgument(argument: String(line)) else {
                throw CommandFailure(
                    "\(name): line \(index + 1) is no field 'Name: value' that may be set",
                    .badData
                )
            }
            edits.append(field.edit)
        }
        return edits
    }
}
