internal import HTTPWire
internal import TraceFormat

/// Undoes the content codings of a body (RFC 9110, section 8.4).
enum ContentCodings {
    /// No longer content is looked into.
    static let limit = Outcome.contentLimit
    /// More codings on top of each other are not undone; mik may put one on a body that has one.
    private static let countLimit = 3

    /// The content of a body; `nil` if it has a coding that is not known here, is damaged, or becomes
    /// longer than `limit`.
    ///
    /// - Parameters:
    ///   - body: The bytes without the transfer coding.
    ///   - values: The values of the answer's `content-encoding` lines in order.
    /// - Returns: The bytes that the codings were put on.
    static func content(of body: [UInt8], codings values: [String]) -> [UInt8]? {
        let codings = values.flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { !$0.isWhitespace } }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard codings.count <= countLimit, body.count <= limit else { return nil }
        var content = body
        for coding in codings.reversed() {
            let decoded: [UInt8]? =
                switch ContentCoding(named: coding) {
                case .gzip: inflated(content, .gzip)
                // Some servers leave out zlib's wrapping.
                case .deflate: inflated(content, .zlib) ?? inflated(content, .none)
                case nil: nil
                }
            guard let decoded else { return nil }
            content = decoded
        }
        return content
    }

    private static func inflated(
        _ bytes: [UInt8],
        _ wrapping: GzipReader.Wrapping
    ) -> [UInt8]? {
        // What had no body may yet say how it would have been coded.
        bytes.isEmpty ? [] : GzipReader.inflated(bytes, wrapping, limit: limit)
    }
}
