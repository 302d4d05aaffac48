extension TimeWindows {
    var json: JSONValue {
        .object([
            .init("width_ns", .integer(width)),
            .init(
                "windows",
                .array(
                    windows.map { window in
                        .object([
                            .init("start_ns", .integer(window.start)),
                            .init("due", .integer(Int64(window.due))),
                            .init("sent", .integer(Int64(window.sent))),
                            .init("sent_per_second", .number(rate(of: window))),
                            .init("tried", .integer(Int64(window.tried))),
                            .init("succeeded", .integer(Int64(window.succeeded))),
                            .init("errors", JSONValue(window.errorShare)),
                            .init("latency_ns", window.latency.json),
                            .init("client_lag_max_ns", .integer(window.clientLag)),
                            .init("blocked_max_ns", .integer(window.blocked)),
                        ])
                    }
                )
            ),
        ])
    }
}

extension SlowRequest {
    var json: JSONValue {
        .object([
            .init("index", .unsigned(index)),
            .init("route", .string(route)),
            .init("ending", .string(ending)),
            .init("time_ns", .integer(time)),
            .init("service_ns", JSONValue(serviceTime)),
            .init("blocked_ns", JSONValue(blocked)),
            .init("temperature", temperature.map { .string($0.name) } ?? .null),
            .init("request_id", requestID.map { .string($0) } ?? .null),
        ])
    }
}
