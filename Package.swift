// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(
    name: "NIOConcurrencyHelpers",
    package: "swift-nio"
)
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)

let package = Package(
    name: "mik-replay",
    products: [
        .executable(name: "mik-replay", targets: ["mik-replay"]),
        .library(name: "HTTPWire", targets: ["HTTPWire"]),
        .library(name: "TraceFormat", targets: ["TraceFormat"]),
        .library(name: "Redaction", targets: ["Redaction"]),
        .library(name: "Capture", targets: ["Capture"]),
        .library(name: "Replayer", targets: ["Replayer"]),
        .library(name: "Analyzer", targets: ["Analyzer"]),
        .library(name: "StandIn", targets: ["StandIn"]),
        // For the benchmarks, which are a package of their own.
        .library(name: "SyntheticRuns", targets: ["SyntheticRuns"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(
            url: "https://github.com/swiftlang/swift-subprocess",
            from: "1.0.2",
            traits: []
        ),
    ],
    targets: [
        .systemLibrary(
            name: "CLibpcap",
            pkgConfig: "libpcap",
            providers: [.apt(["libpcap-dev"])]
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "HTTPWire", swiftSettings: settings),
        .target(name: "SeededRandom", swiftSettings: settings),
        .target(name: "JSONText", swiftSettings: settings),
        .target(name: "HostChecks", swiftSettings: settings),
        .target(
            name: "SocketErrors",
            dependencies: [nioCore, nioPosix],
            swiftSettings: settings
        ),
        .target(name: "Charts", swiftSettings: settings),
        .target(
            name: "Encryption",
            dependencies: [nioCore, nioTLS, nioSSL, system],
            swiftSettings: settings
        ),
        .target(
            name: "TraceFormat",
            dependencies: ["CZlib", system, crypto],
            swiftSettings: settings
        ),
        .target(
            name: "Redaction",
            dependencies: ["JSONText", "TraceFormat", crypto],
            swiftSettings: settings
        ),
        .target(
            name: "Capture",
            dependencies: [
                "Encryption", "HTTPWire", "TraceFormat", "Redaction", "SeededRandom",
                "SocketErrors",
                "CLibpcap",
                nioCore, nioPosix, nioTLS, nioHPACK, system,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Interchange",
            dependencies: ["HTTPWire", "TraceFormat", deque, heap],
            swiftSettings: settings
        ),
        .target(
            name: "Editing",
            dependencies: ["HTTPWire", "TraceFormat", "Redaction", "SeededRandom"],
            swiftSettings: settings
        ),
        .target(
            name: "Replayer",
            dependencies: [
                "Encryption", "HTTPWire", "JSONText", "TraceFormat", "SeededRandom", "SocketErrors",
                nioCore, nioPosix, nioTLS, nioHTTP2, nioHPACK, deque, heap, system,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Analyzer",
            dependencies: [
                "Charts", "HTTPWire", "JSONText", "SeededRandom", "TraceFormat", heap, histogram,
                toml,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "StandIn",
            dependencies: [
                "SeededRandom", "SocketErrors", nioCore, nioPosix, nioHTTP1, nioHTTP2,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Metrics",
            dependencies: ["SocketErrors", nioCore, nioPosix, nioHTTP1],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "mik-replay",
            dependencies: [
                "Metrics", "Encryption", "Interchange", "Editing", "HTTPWire",
                "TraceFormat", "Redaction", "Capture", "Replayer", "Analyzer", "StandIn",
                "SeededRandom", "HostChecks", argumentParser, subprocess, system, toml,
            ],
            swiftSettings: settings
        ),

        .target(
            name: "TestSupport",
            dependencies: [system],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "SyntheticRuns",
            dependencies: ["Analyzer", "SeededRandom", "TraceFormat"],
            path: "Tests/SyntheticRuns",
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPWireTests",
            dependencies: [
                "HTTPWire", "SeededRandom", "TestSupport", nioCore, nioHTTP1, nioEmbedded,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TraceFormatTests",
            dependencies: ["TraceFormat", "SeededRandom", "TestSupport", subprocess, system],
            exclude: ["read-trace-format"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedactionTests",
            dependencies: ["Redaction", "TraceFormat", "SeededRandom", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CaptureTests",
            dependencies: [
                "Capture", "Encryption", "HTTPWire", "TraceFormat", "Redaction", "SeededRandom",
                "TestSupport", nioCore, nioHPACK, nioPosix, nioSSL, system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "InterchangeTests",
            dependencies: [
                "Interchange", "HTTPWire", "TraceFormat", "SeededRandom", "TestSupport", system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EditingTests",
            dependencies: [
                "Editing", "HTTPWire", "TraceFormat", "Redaction", "SeededRandom", "TestSupport",
                system,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReplayerTests",
            dependencies: [
                "Encryption", "Replayer", "TraceFormat", "HTTPWire", "SeededRandom", "TestSupport",
                system, nioConcurrency, nioCore, nioHPACK, nioHTTP1, nioHTTP2, nioPosix, nioSSL,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AnalyzerTests",
            dependencies: [
                "SyntheticRuns", "Analyzer", "JSONText", "TraceFormat", "SeededRandom",
                "TestSupport", histogram,
            ],
            exclude: ["Samples"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StandInTests",
            dependencies: ["StandIn", "SeededRandom", "TestSupport", nioCore, nioPosix, nioHTTP1],
            swiftSettings: settings
        ),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: settings),
        .testTarget(
            name: "HostChecksTests",
            dependencies: ["HostChecks"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "mik-replay", "TraceFormat", "SeededRandom", "TestSupport", subprocess, system,
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
