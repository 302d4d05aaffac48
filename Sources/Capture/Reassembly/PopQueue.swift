/// An array from whose front elements are taken without moving the others each time.
struct PopQueue<Element> {
    private var storage: [Element?] = []
    private var head = 0

    /// The number of elements.
    var count: Int { storage.count - head }
    /// Whether there is no element.
    var isEmpty: Bool { head == storage.count }
    /// The element at the front.
    var first: Element? { isEmpty ? nil : self[0] }

    /// The element at a position from the front, which must be below `count`.
    subscript(index: Int) -> Element {
        get {
            guard let element = storage[head + index] else {
                preconditionFailure("a place in front of the queue was read")
            }
            return element
        }
        _modify {
            guard var element = storage[head + index].take() else {
                preconditionFailure("a place in front of the queue was changed")
            }
            defer { storage[head + index] = element }
            yield &element
        }
    }

    /// Adds an element at the back.
    mutating func append(_ element: Element) {
        storage.append(element)
    }

    /// Puts an element in front of the one at `index`, or at the back.
    mutating func insert(_ element: Element, at index: Int) {
        storage.insert(element, at: head + index)
    }

    /// Takes the element at the front; amortised O(1).
    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = storage[head].take()
        head += 1
        if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }
}
