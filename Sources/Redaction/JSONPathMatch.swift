/// How far the paths of a policy have matched on the way to a value.
struct JSONPathMatch: Equatable {
    private struct Place: Equatable {
        let path: Int
        let step: Int
    }

    /// What leads from a container to a value.
    enum Key {
        case member(ArraySlice<UInt8>)
        case element(Int)
    }

    private var places: [Place]
    /// Whether the value, with everything in it, is sensitive.
    private(set) var isSensitive: Bool

    /// The match of a whole document.
    init(_ paths: [JSONPath]) {
        places = paths.indices.map { Place(path: $0, step: 0) }
        isSensitive = paths.contains { $0.steps.isEmpty }
    }

    /// Whether no value below can be sensitive.
    var isOver: Bool { places.isEmpty && !isSensitive }

    /// The match of a value in this one.
    func child(_ key: Key, _ paths: [JSONPath]) -> JSONPathMatch {
        var child = self
        guard !isSensitive else { return child }
        child.places = []
        for place in places {
            let step = paths[place.path].steps[place.step]
            if step.isDeep { child.add(place) }
            guard step.selector.accepts(key) else { continue }
            if place.step + 1 == paths[place.path].steps.count {
                child.isSensitive = true
            } else {
                child.add(Place(path: place.path, step: place.step + 1))
            }
        }
        return child
    }

    private mutating func add(_ place: Place) {
        if !places.contains(place) { places.append(place) }
    }
}

extension JSONPath.Selector {
    fileprivate func accepts(_ key: JSONPathMatch.Key) -> Bool {
        switch (self, key) {
        case (.any, _): true
        case (.member(let name), .member(let other)): name[...] == other
        case (.element(let index), .element(let other)): index == other
        case (.member, .element), (.element, .member): false
        }
    }
}
