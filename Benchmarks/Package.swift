// swift-tools-version:6.2
import PackageDescription

let traceFormat = Target.Dependency.product(name: "TraceFormat", package: "mik-replay")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "mik-replay", path: "../"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "SyntheticTraffic", dependencies: [traceFormat]),
        .target(name: "AllocationCount"),
        .executableTarget(
            name: "make-trace",
            dependencies: ["SyntheticTraffic", traceFormat, system]
        ),
        .executableTarget(name: "trace-speed", dependencies: [traceFormat, system]),
        .executableTarget(
            name: "make-run",
            dependencies: ["SyntheticTraffic", traceFormat, system]
        ),
        .executableTarget(
            name: "calibrate",
            dependencies: [.product(name: "SyntheticRuns", package: "mik-replay")]
        ),
        .executableTarget(
            name: "Parts",
            dependencies: [
                "AllocationCount", "SyntheticTraffic", traceFormat, system,
                .product(name: "HTTPWire", package: "mik-replay"),
                .product(name: "Capture", package: "mik-replay"),
                .product(name: "Replayer", package: "mik-replay"),
                .product(name: "Analyzer", package: "mik-replay"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Parts",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
