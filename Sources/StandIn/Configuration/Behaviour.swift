/// How one module behaves: what a first use costs, what every use costs, and what comes back.
public struct ModuleBehaviour: Sendable, Equatable {
    /// What a module sends as its response body.
    public enum Response: Sendable, Equatable {
        /// The request body, byte for byte, as `application/octet-stream`.
        case echo
        /// A JSON object of this many bytes, always the same for the same module.
        case json(byteCount: Int)
    }

    /// How a module fails every time that it runs.
    public enum Failure: Sendable, Equatable {
        /// It traps: the connection is closed without one byte of response.
        case trap
        /// It answers with this status, which mik's breaker counts as a success.
        case status(Int)
    }

    /// The time of a cold load; each request that finds the module not loaded pays it by itself.
    public var load: Duration
    /// The time of one execution, once the module is loaded.
    public var service: Duration
    /// The largest change of one execution's time, as a fraction of it (0 to 1), either way.
    public var jitter: Double
    /// What it answers.
    public var response: Response
    /// How it fails; `nil` for a module that works.
    public var failure: Failure?
    /// The size of the `.wasm` file that it stands for, in bytes: for the load log and the gauges.
    public var fileByteCount: Int

    /// A module that answers with JSON and never fails, unless told otherwise.
    public init(
        load: Duration,
        service: Duration,
        jitter: Double = 0,
        response: Response = .json(byteCount: 256),
        failure: Failure? = nil,
        fileByteCount: Int = 128 * 1024
    ) {
        self.load = load
        self.service = service
        self.jitter = jitter
        self.response = response
        self.failure = failure
        self.fileByteCount = fileByteCount
    }
}

/// How one script behaves: its own time, and the modules that it calls one after the other.
///
/// A script has no warm state of its own; its cold parts are the modules that it calls.
public struct ScriptBehaviour: Sendable, Equatable {
    /// The platform modules called through `host.call`, in order.
    public var calls: [String]
    /// The script's own time, without the calls.
    public var service: Duration
    /// The largest change of the script's own time, as a fraction of it (0 to 1), either way.
    public var jitter: Double

    /// A script that takes the given time plus that of its calls.
    public init(calls: [String], service: Duration, jitter: Double = 0) {
        self.calls = calls
        self.service = service
        self.jitter = jitter
    }
}

/// One file under `/static/`.
public struct StaticFile: Sendable, Equatable {
    /// The media type.
    public var contentType: String
    /// The content.
    public var bytes: [UInt8]

    /// A file with the given content.
    public init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
    }
}
