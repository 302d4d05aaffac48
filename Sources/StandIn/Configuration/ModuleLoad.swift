/// One cold load that really happened: the ground truth for temperature labels.
public struct ModuleLoad: Sendable, Equatable {
    /// The key under which mik caches the module: `<name>` or `tenant:<id>/<name>`.
    public var module: String
    /// The time from the server's start to the start of the load.
    public var started: Duration
    /// The `x-request-id` of the response that waited for it.
    public var requestID: String
    /// The size of the module's file in bytes.
    public var fileByteCount: Int

    /// A load of the given module.
    public init(module: String, started: Duration, requestID: String, fileByteCount: Int) {
        self.module = module
        self.started = started
        self.requestID = requestID
        self.fileByteCount = fileByteCount
    }
}
