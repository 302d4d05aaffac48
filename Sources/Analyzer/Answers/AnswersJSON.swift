extension RecordedAnswers {
    var json: JSONValue {
        .object([
            .init("route", .string(route)),
            .init("compared", .integer(Int64(compared))),
            .init("other_status", .integer(Int64(otherStatus))),
            .init("other_body", .integer(Int64(otherBody))),
            .init("status_example", indexJSON(statusExample)),
            .init("body_example", indexJSON(bodyExample)),
            .init("diverges_from", indexJSON(divergence)),
        ])
    }
}

extension RouteAnswers {
    var json: JSONValue {
        .object([
            .init("route", .string(route)),
            .init("compared", .integer(Int64(changes.compared))),
            .init("other_status", .integer(Int64(changes.otherStatus))),
            .init("other_body", .integer(Int64(changes.otherBody))),
            .init("other_size", .integer(Int64(changes.otherSize))),
            .init("status_example", indexJSON(changes.statusExample)),
            .init("body_example", indexJSON(changes.bodyExample)),
            .init("is_body_change", .bool(changes.isBodyChange)),
            .init(
                "noise",
                changes.noise.map { noise in
                    .object([
                        .init("varying", .integer(Int64(noise.varying))),
                        .init("candidate_alone", .integer(Int64(noise.candidateAlone))),
                        .init("baseline_alone", .integer(Int64(noise.baselineAlone))),
                        .init("probability", .number(noise.probability)),
                    ])
                } ?? .null
            ),
        ])
    }
}

extension Divergence {
    var json: JSONValue {
        .object([.init("index", .unsigned(index)), .init("answers", .string(reference.rawValue))])
    }
}

private func indexJSON(_ index: UInt64?) -> JSONValue { index.map { .unsigned($0) } ?? .null }
