import Glibc

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
        write(line + terminator, to: STDERR_FILENO)
    }

    /// Prints text on standard output as it is.
    static func print(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Replaces the current line of standard error.
    static func replaceErrorLine(_ line: String) {
        write("\r\u{1B}[2K" + line, to: STDERR_FILENO)
    }

    /// Nobody may be reading any more, which is none of our business.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = ArraySlice(Array(text.utf8))
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
