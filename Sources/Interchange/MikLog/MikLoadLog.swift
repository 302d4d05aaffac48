/// Which requests made mik load a module, by its log at level INFO.
///
///     2026-01-02T03:04:05.678901Z  INFO request{request_id=… method=GET path=/run/cart …}: \
///         mik::runtime::cache: Loading module: cart (181204 bytes)
///
/// Such a line is written whenever a module is not found in memory. Under concurrency several spans
/// may stand in front of the message; the innermost, which is the last, is that of the request.
public struct MikLoadLog: Sendable {
    /// One line of a load.
    public struct Load: Equatable, Sendable {
        /// The request that the server names.
        public let requestID: String
        /// The module as the server calls it.
        public let module: String
    }

    private static let lineLimit = 1 << 20

    /// The loads so far, in the order of the log.
    public private(set) var loads: [Load] = []
    /// Loads whose lines name no request.
    public private(set) var namelessCount = 0
    private var lines = LineSplitter(limit: MikLoadLog.lineLimit)

    /// An empty log.
    public init() {}

    /// Reads on.
    ///
    /// - Throws: `InterchangeError` for a line that is longer than any of mik's.
    public mutating func read(_ bytes: [UInt8]) throws(InterchangeError) {
        lines.append(bytes)
        while let line = try lines.next() { add(line) }
    }

    /// Reads the last line, if it has no end.
    public mutating func finish() {
        if let line = lines.rest() { add(line) }
    }

    private mutating func add(_ line: ArraySlice<UInt8>) {
        let text = String(decoding: MikLogLine.withoutColours(line), as: UTF8.self)
        guard let message = text.ranges(of: "Loading module: ").last else { return }
        let module = text[message.upperBound...].prefix { $0 != " " }
        guard let span = text[..<message.lowerBound].ranges(of: "request_id=").last else {
            namelessCount += 1
            return
        }
        let requestID = text[span.upperBound...].prefix { $0 != " " && $0 != "}" }
        loads.append(Load(requestID: String(requestID), module: String(module)))
    }
}
