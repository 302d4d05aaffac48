import Benchmark
import Capture
import SyntheticTraffic
import SystemPackage
import TraceFormat

/// From packets, and from the bytes in them, to exchanges.
func packetBenchmarks() {
    let traffic = SyntheticTraffic(requestCount: UInt64(Scale.count), connectionCount: 64)
    Benchmark("packets.capture") { benchmark in
        let capture = SyntheticCapture(traffic).bytes
        try withScratchFile { path in
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: .create,
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(capture) }
            let options = CaptureOptions(ports: try PortSelection(parsing: "80"))
            let session = CaptureSession(options: options, writer: "benchmark")
            let summary = try benchmark.measuring {
                try session.record([.file(path.string)]) { info throws(TraceError) in
                    try TraceWriter(storage: Memory(), name: "memory", info: info)
                }
            }
            precondition(summary.trace.exchanges == traffic.requestCount, "an exchange was lost")
        }
    }
    Benchmark("packets.pairs") { benchmark in
        let exchanges = (0..<traffic.requestCount).map { traffic.exchange($0) }
        let exchangeCount = benchmark.measuring {
            var assembler = ExchangeAssembler(connection: 0, client: "c:1", server: "s:80")
            assembler.opened(at: 0)
            var exchangeCount = 0
            for exchange in exchanges {
                let request = exchange.request
                assembler.received(request.head.span, from: .client, at: request.firstByteTime)
                guard let response = exchange.response?.message else { continue }
                assembler.received(response.head.span, from: .server, at: response.firstByteTime)
                exchangeCount += assembler.takeRecords().count { $0.isExchange }
            }
            return exchangeCount
        }
        precondition(exchangeCount == Scale.count, "an exchange was lost")
    }
}

extension TraceRecord {
    fileprivate var isExchange: Bool {
        if case .exchange = self { true } else { false }
    }
}
