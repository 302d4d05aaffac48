extension String {
    /// The text with spaces behind it up to a width; at least one, so that columns never touch.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(isEmpty ? 0 : 1, width - count))
    }

    /// The text in lines of at most this width, broken between words.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
