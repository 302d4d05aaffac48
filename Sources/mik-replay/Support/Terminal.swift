import Glibc
import SystemPackage

/// Standard output and standard error, and what kind of places they are.
enum Terminal {
    /// Whether colours and moving lines may be used on standard error.
    static var isErrorInteractive: Bool {
        isatty(STDERR_FILENO) == 1 && !isColourUnwanted
    }

    /// Whether colours may be used on standard output.
    static var isOutputInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && !isColourUnwanted
    }

    /// Whether the user's environment asks for plain text (no-color.org).
    private static var isColourUnwanted: Bool {
        unsafe getenv("NO_COLOR") != nil
    }

    /// Prints a line on standard error, or text that has its line ends.
    static func printError(_ line: String, terminator: String = "\n") {
        _ = try? FileDescriptor.standardError.writeAll((line + terminator).utf8)
    }

    /// Replaces the current line of standard error.
    static func replaceErrorLine(_ line: String) {
        printError("\r\u{1B}[2K" + line, terminator: "")
    }

    /// Prints text on standard output as it is.
    ///
    /// That nobody reads any more is none of our business; any other failure is one.
    static func print(_ text: String) throws(CommandFailure) {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(text.utf8)
        } catch Errno.brokenPipe {
        } catch {
            throw CommandFailure("standard output can't be written: \(error)", .cannotWrite)
        }
    }
}
