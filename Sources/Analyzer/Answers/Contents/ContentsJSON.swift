extension ContentChanges {
    var json: JSONValue {
        .object([
            .init("compared", .integer(Int64(compared))),
            .init("different", .integer(Int64(different))),
            .init("same_content", .integer(Int64(sameContent))),
            .init("unreadable", .integer(Int64(unreadable))),
            .init("without_body", .integer(Int64(withoutBody))),
            .init("left_out", .integer(Int64(leftOut))),
            .init("others", .integer(Int64(others))),
            .init("compared_baselines", JSONValue(comparedBaselines.map(Int64.init))),
            .init("places", .array(places.map(\.json))),
        ])
    }
}

extension ContentChanges.Place {
    fileprivate var json: JSONValue {
        .object([
            .init("route", .string(route)),
            .init("part", .string(place.part.rawValue)),
            .init("path", .string(place.path)),
            .init("count", .integer(Int64(count))),
            .init("noise_count", JSONValue(noiseCount.map(Int64.init))),
            .init("is_noise", .bool(isNoise)),
            .init(
                "example",
                .object([
                    .init("index", .unsigned(index)),
                    .init("location", .string(location)),
                    .init("baseline", JSONValue(baseline)),
                    .init("candidate", JSONValue(candidate)),
                ])
            ),
        ])
    }
}
