extension [UInt8] {
    /// Appends the number of pairs, then each name and text.
    mutating func append(metadata: Metadata) {
        precondition(metadata.pairs.count <= Layout.nameLimit, "a file's info has too many pairs")
        append(variable: UInt64(metadata.pairs.count))
        for pair in metadata.pairs {
            append(text: pair.name)
            append(text: pair.text)
        }
    }
}

extension ByteCursor {
    /// Reads what `append(metadata:)` wrote.
    mutating func metadata() throws(BlockFault) -> Metadata {
        var metadata = Metadata()
        let count = try count()
        guard count <= Layout.nameLimit else { throw fault(.names) }
        for _ in 0..<count {
            let name = try text()
            metadata[name] = try text()
        }
        return metadata
    }
}

/// The names of the pairs in an info block.
private enum InfoName {
    static let writer = "writer"
    static let source = "source"
    static let epoch = "epoch_unix_ns"
    static let bodies = "bodies"
    static let clock = "clock"
    static let redaction = "redaction"
    static let notePrefix = "note."
    static let traceHash = "trace_hash"
    static let traceName = "trace_name"
    static let target = "target"
    static let speed = "speed"
    static let connections = "connections"
    static let planned = "planned"
    static let startedAt = "started_at_unix_ns"
    static let environmentPrefix = "environment."
}

extension TraceInfo {
    /// The pairs that stand for it in the file.
    var metadata: Metadata {
        var metadata = Metadata()
        metadata[InfoName.writer] = writer
        metadata[InfoName.source] = source
        metadata[InfoName.epoch] = String(epoch)
        metadata[InfoName.bodies] = bodies
        if !clock.isEmpty { metadata[InfoName.clock] = clock }
        if !redaction.isEmpty { metadata[InfoName.redaction] = redaction }
        metadata.add(notes, prefix: InfoName.notePrefix)
        return metadata
    }

    /// Reads the pairs of a file; what is missing is empty or zero.
    init(_ metadata: Metadata) {
        self.init(
            writer: metadata[InfoName.writer] ?? "",
            source: metadata[InfoName.source] ?? "",
            epoch: metadata.nanoseconds(InfoName.epoch),
            bodies: metadata[InfoName.bodies] ?? "",
            clock: metadata[InfoName.clock] ?? "",
            redaction: metadata[InfoName.redaction] ?? "",
            notes: metadata.pairs(prefix: InfoName.notePrefix)
        )
    }
}

extension RunInfo {
    /// The pairs that stand for it in the file.
    var metadata: Metadata {
        var metadata = Metadata()
        metadata[InfoName.writer] = writer
        metadata[InfoName.traceHash] = traceHash
        metadata[InfoName.traceName] = traceName
        metadata[InfoName.target] = target
        metadata[InfoName.speed] = speed
        metadata[InfoName.connections] = connections
        metadata[InfoName.planned] = String(planned)
        metadata[InfoName.startedAt] = String(startedAt)
        metadata.add(environment, prefix: InfoName.environmentPrefix)
        return metadata
    }

    /// Reads the pairs of a file; what is missing is empty or zero.
    init(_ metadata: Metadata) {
        self.init(
            writer: metadata[InfoName.writer] ?? "",
            traceHash: metadata[InfoName.traceHash] ?? "",
            traceName: metadata[InfoName.traceName] ?? "",
            target: metadata[InfoName.target] ?? "",
            speed: metadata[InfoName.speed] ?? "",
            connections: metadata[InfoName.connections] ?? "",
            planned: metadata[InfoName.planned].flatMap { UInt64($0) } ?? 0,
            startedAt: metadata.nanoseconds(InfoName.startedAt),
            environment: metadata.pairs(prefix: InfoName.environmentPrefix)
        )
    }
}

extension Metadata {
    fileprivate mutating func add(_ other: Metadata, prefix: String) {
        for pair in other.pairs { self[prefix + pair.name] = pair.text }
    }

    fileprivate func pairs(prefix: String) -> Metadata {
        var metadata = Metadata()
        for pair in pairs where pair.name.utf8.starts(with: prefix.utf8) {
            let name = Substring(pair.name.utf8.dropFirst(prefix.utf8.count))
            metadata[String(name)] = pair.text
        }
        return metadata
    }

    /// A Unix time; out of range it reads as zero, so that sums with it never overflow.
    fileprivate func nanoseconds(_ name: String) -> Int64 {
        guard let time = self[name].flatMap({ Int64($0) }),
            Layout.epochs.contains(time)
        else { return 0 }
        return time
    }
}
