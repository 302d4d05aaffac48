import Testing

/// The messages that tshark finds in a capture.
struct TsharkMessages {
    /// A request or a response, as tshark and this project both can tell it.
    struct Message: Equatable, Comparable {
        /// The number of the connection in the capture.
        var stream: UInt64
        /// When its first packet came, in nanoseconds since 1970.
        var firstTime: Int64
        /// When its last packet came.
        var lastTime: Int64
        /// Method and target, or the status.
        var start: String
        /// The bytes of the body, without chunks.
        var bodyByteCount: Int

        static func < (first: Self, second: Self) -> Bool {
            (first.stream, first.firstTime, first.start)
                < (second.stream, second.firstTime, second.start)
        }
    }

    private let file: String
    private let times: [String: Int64]

    /// Reads a capture for the first time, to learn when each packet came.
    init(of file: String) throws {
        self.file = file
        let rows = try Self.rows(of: file, filter: "tcp", [], ["frame.number", "frame.time_epoch"])
        times = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Self.nanoseconds($0[1])) })
    }

    /// The messages of HTTP/1.x on a port, none of them pipelined.
    func http1(port: Int) throws -> [Message] {
        let options = ["-d", "tcp.port==\(port),http", "-o", "http.decompress_body:FALSE"]
        let fields = [
            "tcp.stream", "frame.number", "tcp.segment", "http.request.method", "http.request.uri",
            "http.response.code", "http.file_data", "http.content_length", "http.chunk_size",
        ]
        let rows = try Self.rows(
            of: file,
            filter: "http && tcp.port == \(port)",
            options,
            fields
        )
        return rows.compactMap { row in
            let packets = (row[2].isEmpty ? row[1] : row[2]).split(separator: "|").map(String.init)
            // A response of its own that goes before the real one is not compared.
            guard row[5] != "100" else { return nil }
            return Message(
                stream: UInt64(row[0]) ?? .max,
                firstTime: times[packets[0]] ?? 0,
                lastTime: times[row[1]] ?? 0,
                start: row[5].isEmpty ? "\(row[3]) \(row[4])" : row[5],
                bodyByteCount: bodyByteCount(row[6...])
            )
        }
    }

    /// The length of a body, by its data, its declared length, and its chunks.
    private func bodyByteCount(_ row: ArraySlice<String>) -> Int {
        let fields = Array(row)
        // An answer to HEAD declares a length too, but has no data.
        guard !fields[0].isEmpty else { return 0 }
        let chunks = fields[2].split(separator: "|").compactMap { Int($0) }
        return chunks.isEmpty ? Int(fields[1]) ?? 0 : chunks.reduce(0, +)
    }

    /// The messages of HTTP/2 on a port, none of them with trailers or padding.
    func http2(port: Int) throws -> [Message] {
        let fields = [
            "tcp.stream", "frame.number", "tcp.srcport", "http2.type", "http2.streamid",
            "http2.length", "http2.headers.method", "http2.headers.path", "http2.headers.status",
        ]
        let rows = try Self.rows(
            of: file,
            filter: "http2 && tcp.port == \(port)",
            ["-d", "tcp.port==\(port),http2"],
            fields
        )
        var messages: [HTTP2Place: Message] = [:]
        for row in rows {
            let lists = row.dropFirst(3).map { $0.split(separator: "|").map(String.init) }
            let isRequest = row[2] != "\(port)"
            var starts = (isRequest ? zip(lists[3], lists[4]).map { "\($0) \($1)" } : lists[5])[...]
            let time = times[row[1]] ?? 0
            for (type, (stream, length)) in zip(lists[0], zip(lists[1], lists[2])) {
                let place = HTTP2Place(connection: row[0], stream: stream, isRequest: isRequest)
                if type == "1" {
                    messages[place] = Message(
                        stream: UInt64(row[0]) ?? .max,
                        firstTime: time,
                        lastTime: time,
                        start: starts.popFirst() ?? "",
                        bodyByteCount: 0
                    )
                } else if type == "0" {
                    messages[place]?.lastTime = time
                    messages[place]?.bodyByteCount += Int(length) ?? 0
                }
            }
        }
        return Array(messages.values)
    }

    /// One direction of a stream of a connection.
    private struct HTTP2Place: Hashable {
        var connection: String
        var stream: String
        var isRequest: Bool
    }

    // MARK: - Rows

    private static func rows(
        of file: String,
        filter: String,
        _ options: [String],
        _ fields: [String]
    ) throws -> [[String]] {
        let output = try #require(
            CaptureTools.output(
                of: [
                    "tshark", "-n", "-r", file, "-Y", filter, "-T", "fields", "-E", "occurrence=a",
                    "-E", "aggregator=|", "-E", "separator=/t",
                ] + options + fields.flatMap { ["-e", $0] }
            ),
            "tshark fails"
        )
        return output.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Nanoseconds of seconds with nine digits behind the point.
    private static func nanoseconds(_ seconds: String) -> Int64 {
        let parts = seconds.split(separator: ".")
        return (Int64(parts[0]) ?? 0) * 1_000_000_000 + (Int64(parts[1]) ?? 0)
    }
}
