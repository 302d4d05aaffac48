// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "fuzzing",
    dependencies: [
        .package(name: "mik-replay", path: "../"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(
            name: "fuzz",
            dependencies: [
                .product(name: "HTTPWire", package: "mik-replay"),
                .product(name: "TraceFormat", package: "mik-replay"),
                .product(name: "Capture", package: "mik-replay"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
