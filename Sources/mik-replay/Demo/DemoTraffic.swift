import Glibc
import SeededRandom
import TraceFormat

/// Makes the traffic of the demo's web shop: seeded, so that the same seed gives the same trace.
///
/// Customers come at random (a Poisson process); each has a connection of its own, looks around
/// with some time to think, and may buy. A monitor asks for `/health` all the while.
struct DemoTraffic {
    /// For how long customers come, in nanoseconds.
    let duration: Int64
    private var random: SplitMix64
    private var requests: [(time: Int64, exchange: Exchange)] = []
    private var connections: [(opening: ConnectionOpening, closing: Int64)] = []

    /// Makes the traffic of a length of time, with so many customers per second on average.
    init(duration: Int64, customersPerSecond: Double, seed: UInt64) {
        self.duration = duration
        random = SplitMix64(seed: seed)
        addMonitor()
        var time: Int64 = 0
        while time < duration {
            addCustomer(arrivingAt: time)
            time += exponential(mean: 1e9 / customersPerSecond)
        }
    }

    /// Writes the traffic as a trace in which nothing was answered yet.
    func write(to writer: inout TraceWriter) throws(TraceError) {
        for connection in connections { try writer.append(.opened(connection.opening)) }
        for request in requests.sorted(by: { $0.time < $1.time }) {
            try writer.append(.exchange(request.exchange))
        }
        for connection in connections {
            let closing = ConnectionClosing(
                connection: connection.opening.connection,
                time: connection.closing,
                by: .client
            )
            try writer.append(.closed(closing))
        }
    }

    // MARK: Who comes

    private mutating func addMonitor() {
        var time: Int64 = 20_000_000
        var visit = Visit(connection: openConnection(at: 0))
        while time < duration {
            visit.time = time
            send(&visit, "GET", "/health")
            time += 500_000_000
        }
        close(visit)
    }

    private mutating func addCustomer(arrivingAt arrival: Int64) {
        var visit = Visit(connection: openConnection(at: arrival))
        visit.time = arrival + 2_000_000
        send(&visit, "POST", "/script/home", body: #"{"user":\#(number(below: 5000))}"#)
        for _ in 0..<(2 + number(below: 6)) {
            think(&visit)
            browse(&visit)
        }
        if number(below: 3) == 0 {
            think(&visit)
            let items = number(below: 9) + 1
            send(&visit, "POST", "/script/checkout", body: #"{"items":\#(items),"pay":"card"}"#)
        }
        close(visit)
    }

    private mutating func browse(_ visit: inout Visit) {
        switch number(below: 100) {
        case ..<40: send(&visit, "GET", "/run/search/\(words[number(below: words.count)])")
        case ..<60: send(&visit, "GET", "/run/cart/items/\(number(below: 400))")
        case ..<72:
            let item = #"{"sku":"A-\#(number(below: 9999))","quantity":\#(number(below: 4) + 1)}"#
            send(&visit, "POST", "/run/cart/items", body: item)
        case ..<82: send(&visit, "GET", "/run/users/\(number(below: 5000))")
        case ..<90: send(&visit, "GET", "/tenant/acme/reports/daily/\(number(below: 31) + 1)")
        case ..<94: send(&visit, "GET", "/tenant/globex/reports/weekly/\(number(below: 52) + 1)")
        case ..<97: send(&visit, "GET", "/run/orders/\(number(below: 900))")
        case ..<98: send(&visit, "GET", "/run/legacy/prices")
        case ..<99:
            send(&visit, "GET", "/run/crash/now")
            // A module that traps costs the customer the connection.
            close(visit)
            visit = Visit(connection: openConnection(at: visit.time), time: visit.time)
        default: send(&visit, "GET", "/static/robots.txt")
        }
    }

    private let words = ["shoes", "lamp", "red%2Fblue", "desk", "book", "tea", "rug", "bike"]

    private mutating func think(_ visit: inout Visit) {
        visit.time += 30_000_000 + exponential(mean: 150e6)
    }

    // MARK: What goes over the wire

    /// One connection of a customer, and where in time and order it is.
    private struct Visit {
        let connection: UInt64
        var time: Int64 = 0
        var sequence: UInt64 = 0
    }

    private mutating func openConnection(at time: Int64) -> UInt64 {
        let connection = UInt64(connections.count)
        let opening = ConnectionOpening(
            connection: connection,
            client: "127.0.0.1:\(30_000 + connection)",
            server: "192.0.2.1:80",  // nobody (RFC 5737), because it was not recorded
            time: time
        )
        connections.append((opening, time))
        return connection
    }

    private mutating func close(_ visit: Visit) {
        connections[Int(visit.connection)].closing = visit.time + 50_000_000
    }

    private mutating func send(
        _ visit: inout Visit,
        _ method: String,
        _ target: String,
        body: String? = nil
    ) {
        let traceID = hexadecimal(digits: 32)
        var head = """
            \(method) \(target) HTTP/1.1\r
            Host: shop.example\r
            User-Agent: demo-browser/1.0\r
            Accept: application/json\r
            traceparent: 00-\(traceID)-\(hexadecimal(digits: 16))-01\r

            """
        let bytes = Array((body ?? "").utf8)
        if body != nil {
            head += "Content-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
        }
        let request = RecordedMessage(
            head: Array((head + "\r\n").utf8),
            body: RecordedBody(
                length: UInt64(bytes.count),
                wireLength: UInt64(bytes.count),
                fingerprint: Fingerprint(of: bytes),
                bytes: bytes
            ),
            firstByteTime: visit.time,
            lastByteTime: visit.time,
            isComplete: true
        )
        let exchange = Exchange(
            connection: visit.connection,
            sequence: visit.sequence,
            request: request,
            response: nil,
            end: .cutByRecordingEnd
        )
        requests.append((visit.time, exchange))
        visit.sequence += 1
    }

    // MARK: Chance

    private mutating func number(below limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &random)
    }

    private mutating func exponential(mean: Double) -> Int64 {
        Int64(mean * -log(1 - Double.random(in: 0..<1, using: &random)))
    }

    private mutating func hexadecimal(digits: Int) -> String {
        let alphabet = Array("0123456789abcdef")
        return String((0..<digits).map { _ in alphabet[number(below: 16)] })
    }
}
