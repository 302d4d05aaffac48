import Analyzer
import ArgumentParser

/// How probabilities of many routes are corrected: `bh`, `by` or `holm`.
struct CorrectionArgument: ExpressibleByArgument {
    let method: Multiplicity
    private let name: String

    private static let methods: [(name: String, method: Multiplicity)] = [
        ("bh", .benjaminiHochberg), ("by", .benjaminiYekutieli), ("holm", .holm),
    ]

    /// All names, for the help.
    static let names = methods.map(\.name).joined(separator: ", ")

    /// The default: routes share what disturbs them, which this method allows.
    static let benjaminiHochberg = CorrectionArgument(.benjaminiHochberg, "bh")

    init?(argument: String) {
        guard let known = Self.methods.first(where: { $0.name == argument }) else { return nil }
        self.init(known.method, known.name)
    }

    private init(_ method: Multiplicity, _ name: String) {
        self.method = method
        self.name = name
    }

    var defaultValueDescription: String { name }
}
