/// The server's own lists of the modules in its memory, taken before, during and after a run.
public struct ModuleObservations: Equatable, Sendable {
    /// One list.
    public struct List: Equatable, Sendable {
        /// When it was asked for, in nanoseconds since the start of the run; below zero before.
        public let sent: Int64
        /// When it had come.
        public let end: Int64
        /// The modules as mik names them: `name`, or `tenant:<id>/<name>`.
        public let modules: Set<String>

        /// Makes a list.
        public init(sent: Int64, end: Int64, modules: Set<String>) {
            self.sent = sent
            self.end = end
            self.modules = modules
        }
    }

    /// Whether one module was in memory, by one list.
    struct Sighting: Equatable {
        let sent: Int64
        let end: Int64
        let isLoaded: Bool
    }

    /// The lists in order of time.
    public let lists: [List]

    /// Takes lists in any order.
    public init(_ lists: [List]) {
        self.lists = lists.sorted { $0.end < $1.end }
    }

    /// What the lists say of a module, named as in ``Route/Handler``, in order of time.
    func sightings(of module: String) -> [Sighting] {
        let name = module.contains("/") ? "tenant:\(module)" : module
        return lists.map { list in
            Sighting(sent: list.sent, end: list.end, isLoaded: list.modules.contains(name))
        }
    }
}
