/// Ordered pairs of names and texts that say what a file is and how it came to be.
///
/// Readers ignore names they do not know, so that later versions can add some.
public struct Metadata: Equatable, Sendable {
    /// The pairs in the order in which they are stored.
    public private(set) var pairs: [Pair] = []

    /// One name and its text.
    public struct Pair: Equatable, Sendable {
        /// Lower case words with underscores.
        public var name: String
        /// The value, as text.
        public var text: String
    }

    /// Makes metadata without any pair.
    public init() {}

    /// The text under a name; setting `nil` removes the pair.
    public subscript(name: String) -> String? {
        get { pairs.first { $0.name == name }?.text }
        set {
            let index = pairs.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let text?): pairs[index].text = text
            case (let index?, nil): pairs.remove(at: index)
            case (nil, let text?): pairs.append(Pair(name: name, text: text))
            case (nil, nil): break
            }
        }
    }
}
