/// What a `.gor` file is made of: for each message a line, its bytes, and a separator.
///
///     1 <id> <Unix time in nanoseconds> <nanoseconds>\n
///     GET / HTTP/1.1\r\n…
///     \n🐵🙈🙉\n
///
/// The first number is 1 for a request, 2 for its response, 3 for a response to a replay of it. A
/// request and its responses share the identifier. The last number may be missing. Since GoReplay
/// 1.3 times and lengths are those of the message; before, a response had the time of its request
/// and the length from there to its own end, and requests had no length.
enum GoReplayFormat {
    static let separator = Array("\n🐵🙈🙉\n".utf8)

    /// The line in front of a message.
    struct Header: Equatable {
        enum Kind: Character {
            case request = "1"
            case response = "2"
            case replayedResponse = "3"
        }

        var kind: Kind
        var id: String
        var time: Int64
        var length: Int64?

        /// Reads a line without its line feed; `nil` when it is none.
        init?(_ line: ArraySlice<UInt8>) {
            let words = String(decoding: line, as: UTF8.self)
                .split(separator: " ", omittingEmptySubsequences: false)
            guard (3...4).contains(words.count), words[0].count == 1,
                let kind = words[0].first.flatMap(Kind.init), !words[1].isEmpty,
                let time = Int64(words[2])
            else { return nil }
            if words.count == 4 {
                guard let length = Int64(words[3]) else { return nil }
                self.length = length < 0 ? nil : length
            }
            self.kind = kind
            id = String(words[1])
            self.time = time
        }

        init(kind: Kind, id: String, time: Int64, length: Int64) {
            (self.kind, self.id, self.time, self.length) = (kind, id, time, length)
        }

        var line: String {
            "\(kind.rawValue) \(id) \(time)\(length.map { " \($0)" } ?? "")\n"
        }
    }
}
