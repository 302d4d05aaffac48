/// What mik's decisions look at in a request; the method and the other header fields play no part.
struct RequestFacts: Equatable {
    /// The request target as sent, query included.
    var target: String
    /// The value of `content-length`, if it was a number.
    var contentLength: Int?
    /// Whether a Host field came with it; module routes die without one.
    var hasHost = true
}

/// A request body after its last byte.
enum RequestBody: Equatable {
    /// All of its bytes.
    case whole([UInt8])
    /// It grew over the limit before its end.
    case overLimit
}
