import ArgumentParser

/// A number of bytes with its unit: `64MiB`, `1GiB`, `500kB`, `4096B`.
struct SizeArgument: ExpressibleByArgument {
    let byteCount: Int64

    private static let units: [(suffix: String, byteCount: Double)] = [
        ("B", 1), ("kB", 1e3), ("KiB", 1024), ("MB", 1e6), ("MiB", 1_048_576), ("GB", 1e9),
        ("GiB", 1_073_741_824), ("TB", 1e12), ("TiB", 1_099_511_627_776),
    ]

    init?(argument: String) {
        let unit = argument.drop { "0123456789.".contains($0) }
        guard let factor = Self.units.first(where: { $0.suffix == unit })?.byteCount,
            let number = Double(argument.dropLast(unit.count)),
            let byteCount = Int64(exactly: (number * factor).rounded()), byteCount > 0
        else { return nil }
        self.byteCount = byteCount
    }

    init(byteCount: Int64) {
        self.byteCount = byteCount
    }

    var defaultValueDescription: String {
        let unit = Self.units.last { byteCount % Int64($0.byteCount) == 0 }
        return unit.map { "\(byteCount / Int64($0.byteCount))\($0.suffix)" } ?? "\(byteCount)B"
    }
}
