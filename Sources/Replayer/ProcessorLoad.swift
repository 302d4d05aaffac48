import SystemPackage
import TraceFormat

/// What the processors of this machine have done since it was started, in ticks of the kernel.
///
/// Only of the processors that this process may use.
struct ProcessorLoad: Equatable {
    /// All ticks.
    var total: UInt64 = 0
    /// Ticks in which nothing was to be done.
    var idle: UInt64 = 0
    /// Ticks in which the host of this virtual machine ran something else.
    var stolen: UInt64 = 0
    /// How many processors there are.
    var count = 0

    /// Reads `/proc/stat` (proc(5)): a line `cpuN user nice system idle iowait irq softirq steal …`
    /// for each processor.
    ///
    /// - Parameters:
    ///   - text: What is in the file.
    ///   - isUsable: Whether this process may use the processor with this number.
    init(stat text: String, isUsable: (Int) -> Bool = { _ in true }) {
        for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
            let words = line.split(separator: " ")
            guard let number = Int(words[0].dropFirst(3)), isUsable(number) else { continue }
            let ticks = words.dropFirst().prefix(8).map { UInt64($0) ?? 0 }
            guard ticks.count == 8 else { continue }
            total += ticks.reduce(0, +)
            idle += ticks[3] + ticks[4]
            stolen += ticks[7]
            count += 1
        }
    }

    /// The load up to now; without any processor where the kernel does not tell.
    static func now() -> ProcessorLoad {
        let usable = ProcessorList(status: contents(of: "/proc/self/status"))
        return ProcessorLoad(stat: contents(of: "/proc/stat")) { usable.contains($0) }
    }

    /// How many processors were idle on average since an earlier moment; `nil` when no time has
    /// passed.
    func freeProcessors(since earlier: ProcessorLoad) -> Double? {
        guard total > earlier.total, idle >= earlier.idle else { return nil }
        return Double(idle - earlier.idle) / Double(total - earlier.total) * Double(count)
    }

    private static func contents(of path: FilePath) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return "" }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var count = 0
        while count < bytes.count {
            let read = try? unsafe bytes.withUnsafeMutableBytes { buffer in
                try unsafe file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                )
            }
            guard let read, read > 0 else { break }
            count += read
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

extension Ledger {
    /// Notes what the machine did between two moments, so that a reader can tell whether anything
    /// else than the target could have slowed the run down.
    mutating func add(_ load: ProcessorLoad, since earlier: ProcessorLoad) {
        self["machine", "processor_ticks"] = load.total &- earlier.total
        self["machine", "idle_ticks"] = load.idle &- earlier.idle
        self["machine", "stolen_ticks"] = load.stolen &- earlier.stolen
    }
}

/// The processors that a process may use, as `/proc/self/status` lists them.
struct ProcessorList: Equatable {
    private var ranges: [ClosedRange<Int>] = []

    /// Reads the line `Cpus_allowed_list: 0-3,8`; without it, every processor may be used.
    init(status text: String) {
        let name = "Cpus_allowed_list:"
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
            ranges = [0...Int.max]
            return
        }
        for part in line.dropFirst(name.count).split(whereSeparator: { ", \t".contains($0) }) {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { continue }
            ranges.append(first...last)
        }
    }

    /// Whether the processor with this number is one of them.
    func contains(_ number: Int) -> Bool { ranges.contains { $0.contains(number) } }
}

extension Spinning {
    /// Whether to spin, with so many event loops and free processors.
    ///
    /// A thread that spins on a machine without free processors is sent to sleep for it, at the
    /// worst moment; so, without an order, each loop needs one for itself, and one and a half have
    /// to be left for the rest of this process and for the kernel's part of the work.
    func isOn(threadCount: Int, freeProcessors: Double?) -> Bool {
        switch self {
        case .on: true
        case .off: false
        case .automatic: (freeProcessors ?? 0) >= Double(threadCount) + 1.5
        }
    }
}
