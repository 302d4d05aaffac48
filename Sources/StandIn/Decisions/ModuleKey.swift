/// Names one module of the platform or of a tenant, under each of the names that mik gives it.
struct ModuleKey: Hashable {
    /// The name in mik's cache, breaker check and messages: `<name>` or `tenant:<id>/<name>`.
    let cacheKey: String
    /// The name in `x-mik-handler`, and the one execution results are recorded under.
    ///
    /// For a tenant this differs from `cacheKey`: a bug of mik that is kept here, so that traps of
    /// tenant modules never open their breaker.
    let handler: String

    init(_ name: String, tenant: String? = nil) {
        handler = tenant.map { "\($0)/\(name)" } ?? name
        cacheKey = tenant == nil ? name : "tenant:\(handler)"
    }
}
