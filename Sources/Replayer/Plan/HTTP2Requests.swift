import TraceFormat

extension RecordedMessage {
    /// Turns a request that was recorded over HTTP/2 into one for HTTP/1.1; says whether it was
    /// one.
    ///
    /// A trace keeps its head in the form of HTTP/1 with the version `HTTP/2`, so the version is
    /// all that changes, and a body whose length HTTP/2 did not need to tell gets that told.
    mutating func becomeHTTP1() -> Bool {
        let version = Array(" HTTP/2".utf8)
        guard let lineEnd = head.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        var end = lineEnd
        if end > 0, head[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard end >= version.count, head[end - version.count..<end].elementsEqual(version) else {
            return false
        }
        if body.length > 0, !hasContentLength {
            let field = Array("content-length: \(body.length)\r\n".utf8)
            head.insert(contentsOf: field, at: lineEnd + 1)
        }
        head.replaceSubrange(end - version.count..<end, with: Array(" HTTP/1.1".utf8))
        trailers = []
        return true
    }

    /// Names are in lower case over HTTP/2 (RFC 9113, section 8.2.1).
    private var hasContentLength: Bool {
        head.firstRange(of: Array("\ncontent-length:".utf8)) != nil
    }
}

/// Gives each stream of an HTTP/2 connection a place of its own where the recording shows it
/// beside others: requests that overlapped must not wait for each other.
struct StreamAssignment {
    /// For each place on a connection, when the latest response on it ended in the recording.
    private var ends: [ConnectionCopy: [Int64]] = [:]

    /// The lowest place on the connection that was free when the request was recorded.
    mutating func stream(for exchange: Exchange, on connection: ConnectionCopy) -> Int {
        let end = exchange.response?.message.lastByteTime ?? exchange.request.lastByteTime
        let begin = exchange.request.firstByteTime
        if let place = ends[connection]?.firstIndex(where: { $0 <= begin }) {
            ends[connection]?[place] = end
            return place
        }
        ends[connection, default: []].append(end)
        return (ends[connection]?.count ?? 1) - 1
    }

    /// Forgets a connection; says how many places there were on it, which are one at least.
    mutating func release(_ connection: ConnectionCopy) -> Int {
        max(1, ends.removeValue(forKey: connection)?.count ?? 1)
    }
}
