/// Decodes the requests or the responses of one block of columns, as far as they are asked for.
struct MessageColumnsDecoder {
    private var durations: ValueQueue
    private let readsHeads: Bool
    /// The texts and bodies; `nil` when neither is asked for.
    private var contents: MessageContents?
    /// The beginnings of heads, when nothing else of messages is asked for.
    private var beginnings: HeadBeginnings?

    /// Reads the columns of one side, of which `bodies` reads those of bodies.
    init(
        _ reader: ColumnPayloadReader,
        _ texts: TraceColumn,
        _ facts: TraceFacts,
        parts: MessageParts,
        durations: ValueQueue,
        bodies: () throws(BlockFault) -> BodyColumnsDecoder
    ) throws(BlockFault) {
        self.durations = durations
        readsHeads = parts == .all
        if parts.includesBody {
            contents = MessageContents(
                bodies: try bodies(),
                texts: try facts.texts(reader, texts)
            )
        } else if parts == .beginning {
            beginnings = try HeadBeginnings(reader, base: texts.rawValue)
        }
    }

    /// Whether everything was used that was asked for.
    var isAtEnd: Bool {
        guard let contents else { return beginnings?.isAtEnd ?? true }
        return contents.bodies.isAtEnd && (!readsHeads || contents.texts.isAtEnd)
    }

    /// How many bodies are without their bytes because an earlier block cannot be read.
    var lostBodyCount: Int { contents?.bodies.lostCount ?? 0 }

    /// The next message; what is not asked for is empty.
    mutating func next(
        at time: Int64,
        hasTrailers: Bool,
        isComplete: Bool
    ) throws(BlockFault) -> RecordedMessage {
        let head = try readsHeads ? nextHead() : try beginnings?.next() ?? []
        let trailers = try readsHeads && hasTrailers ? contents?.nextTrailers() ?? [] : []
        return RecordedMessage(
            head: head,
            body: try contents?.nextBody() ?? .empty,
            trailers: trailers,
            firstByteTime: time,
            lastByteTime: time &+ durations.next(),
            isComplete: isComplete
        )
    }

    /// The next head, where heads are asked for.
    mutating func nextHead() throws(BlockFault) -> [UInt8] {
        try contents?.texts.nextHead() ?? []
    }
}

/// The texts and bodies of messages.
private struct MessageContents {
    var bodies: BodyColumnsDecoder
    var texts: TextColumnsDecoder

    mutating func nextTrailers() throws(BlockFault) -> [UInt8] {
        try texts.next(field: PlainField.trailers)
    }

    mutating func nextBody() throws(BlockFault) -> RecordedBody {
        try bodies.next(&texts)
    }
}
