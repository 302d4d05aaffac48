/// mik's defaults for gauges whose subject does not exist here.
private enum Capacity {
    static let cacheEntries = 100
    static let cacheBytes = 256 * 1024 * 1024
    static let memoryBytesPerRequest = 128 * 1024 * 1024
    static let concurrentRequests = 1000
}

/// The body of `/health`: pretty-printed JSON, with the loaded modules only when asked for.
func healthAnswer(_ host: ModuleHost, verbose: Bool, at now: Duration) -> Answer {
    let loaded = host.loadedModules(at: now)
    let loadedBytes = loaded.reduce(0) { $0 + $1.byteCount }
    var json = """
        {
          "status": "ready",
          "timestamp": "\(host.wallTime(at: now).rfc3339)",
          "cache_size": \(loaded.count),
          "cache_capacity": \(Capacity.cacheEntries),
          "cache_bytes": \(loadedBytes),
          "cache_max_bytes": \(Capacity.cacheBytes),
          "total_requests": \(host.requestCount),
          "memory": {
            "allocated_bytes": \(loadedBytes),
            "limit_per_request_bytes": \(Capacity.memoryBytesPerRequest)
          }
        """
    if verbose {
        let names = loaded.map { "\n    \(jsonString($0.name))" }.joined(separator: ",")
        json += ",\n  \"loaded_modules\": [\(names)\(loaded.isEmpty ? "" : "\n  ")]"
    }
    return .json(200, json + "\n}")
}

/// The body of `/metrics`: everything that mik exports, in the Prometheus text format.
func metricsAnswer(_ host: ModuleHost, at now: Duration) -> Answer {
    let loaded = host.loadedModules(at: now)
    let loadedBytes = loaded.reduce(0) { $0 + $1.byteCount }
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ samples: [String]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        for sample in samples { text += "\(name)\(sample)\n" }
    }
    add("mik_requests_total", "counter", "Total number of requests", [" \(host.requestCount)"])
    add("mik_cache_entries", "gauge", "Modules in the cache", [" \(loaded.count)"])
    add("mik_cache_bytes", "gauge", "Bytes in the cache", [" \(loadedBytes)"])
    add(
        "mik_cache_capacity_bytes",
        "gauge",
        "Capacity of the cache in bytes",
        [" \(Capacity.cacheBytes)"]
    )
    add(
        "mik_max_concurrent_requests",
        "gauge",
        "Limit of concurrent connections",
        [" \(Capacity.concurrentRequests)"]
    )
    add(
        "mik_circuit_breaker_state",
        "gauge",
        "0 closed, 1 open, 2 half-open",
        host.breakers.states.map { "{module=\(jsonString($0.name))} \($0.state.rawValue)" }
    )
    add("mik_memory_bytes", "gauge", "Memory of the process in bytes", [" \(loadedBytes)"])
    return .text(200, text, contentType: "text/plain; version=0.0.4")
}
