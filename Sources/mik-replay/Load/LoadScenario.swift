import SystemPackage
import TOMLKit

/// What a load sends and how hard: one of the built-in scenarios, or a file.
struct LoadScenario {
    var requests: [LoadRequest]
    var connections: Int?
    /// In nanoseconds.
    var duration: Int64?
    var comparesColdAndWarm = false

    /// The scenarios that everybody has, by name; docs/load.md says what each is for.
    static let builtIn: [String: LoadScenario] = [
        "health": LoadScenario(requests: [LoadRequest(method: "GET", path: "/health")]),
        "module": LoadScenario(requests: [echo]),
        "cold-warm": LoadScenario(requests: [echo], comparesColdAndWarm: true),
        "script": LoadScenario(
            requests: [
                LoadRequest(method: "POST", path: "/script/home", body: Array("{\"n\":1}".utf8))
            ]
        ),
        "stress": LoadScenario(
            requests: [echo],
            connections: 500,
            duration: 60_000_000_000
        ),
    ]

    private static let echo = LoadRequest(
        method: "POST",
        path: "/run/echo/",
        body: Array("{\"message\":\"hello\"}".utf8)
    )
}

// MARK: - Files

extension LoadScenario {
    private static let byteLimit = 4 << 20
    private static let greatestWeight = 1000
    private static let greatestSum = 10_000

    /// Reads a file of requests with weights, described in docs/load.md.
    static func read(_ path: FilePath) throws(CommandFailure) -> LoadScenario {
        let text = try TextFile.read(path, limit: byteLimit)
        func bad(_ reason: String) -> CommandFailure {
            CommandFailure("\(path.string): \(reason)", .badData)
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw bad("line \(error.source.begin.line): \(error.description)")
        } catch {
            throw bad("it is no TOML: \(error)")
        }
        if let key = table.keys.first(where: { $0 != "request" }) {
            throw bad("'\(key)' is not known here; a scenario has [[request]] and nothing else")
        }
        guard let entries = table["request"]?.array, !entries.isEmpty else {
            throw bad("there is no [[request]]")
        }
        var requests: [LoadRequest] = []
        for (number, entry) in entries.enumerated() {
            do throws(LoadEntryError) {
                guard let entry = entry.table else { throw LoadEntryError("it is no table") }
                requests.append(try request(entry))
            } catch {
                throw bad("request \(number + 1): \(error.reason)")
            }
        }
        guard requests.reduce(0, { $0 + $1.weight }) <= greatestSum else {
            throw bad("the weights add up to more than \(greatestSum)")
        }
        return LoadScenario(requests: requests)
    }

    private static func request(_ entry: TOMLTable) throws(LoadEntryError) -> LoadRequest {
        let known = ["path", "method", "body", "headers", "weight"]
        if let key = entry.keys.first(where: { !known.contains($0) }) {
            throw LoadEntryError(
                "'\(key)' is not known; there are \(known.joined(separator: ", "))"
            )
        }
        guard let path = entry["path"]?.string,
            let url = try? LoadURL(parsing: "http://host\(path)"),
            path.hasPrefix("/")
        else { throw LoadEntryError("it has no path that starts with /") }
        var request = LoadRequest(method: "GET", path: url.path)
        if let body = entry["body"] {
            guard let text = body.string else { throw LoadEntryError("its body is no text") }
            request.body = Array(text.utf8)
            request.method = "POST"
        }
        if let method = entry["method"] {
            guard let name = method.string, let method = LoadMethod(argument: name) else {
                throw LoadEntryError("its method is none")
            }
            request.method = method.name
        }
        if let weight = entry["weight"] {
            guard let number = weight.int, (1...greatestWeight).contains(number) else {
                throw LoadEntryError("its weight is no number from 1 to \(greatestWeight)")
            }
            request.weight = number
        }
        if let headers = entry["headers"] { request.fields = try fields(headers) }
        return request
    }

    private static func fields(
        _ value: any TOMLValueConvertible
    ) throws(LoadEntryError) -> [LoadRequest.Field] {
        guard let table = value.table else { throw LoadEntryError("its headers are no table") }
        var fields: [LoadRequest.Field] = []
        for name in table.keys {
            guard let text = table[name]?.string,
                let field = FieldArgument(argument: "\(name): \(text)")
            else { throw LoadEntryError("'\(name)' is no header that may be set") }
            fields.append(field.field)
        }
        return fields
    }
}

/// What is wrong with a request of a scenario.
private struct LoadEntryError: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
