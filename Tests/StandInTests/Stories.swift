@testable import StandIn

/// A configuration with round times, for stories that count in milliseconds.
let storyConfiguration = StandInConfiguration(
    modules: [
        "cart": ModuleBehaviour(
            load: .milliseconds(50),
            service: .milliseconds(2),
            response: .json(byteCount: 40)
        ),
        "echo": ModuleBehaviour(
            load: .milliseconds(10),
            service: .milliseconds(1),
            response: .echo
        ),
        "crash": ModuleBehaviour(
            load: .milliseconds(10),
            service: .milliseconds(1),
            failure: .trap
        ),
        "legacy": ModuleBehaviour(
            load: .milliseconds(10),
            service: .milliseconds(1),
            response: .json(byteCount: 40),
            failure: .status(500)
        ),
    ],
    tenants: [
        "acme": ["crash": ModuleBehaviour(load: .zero, service: .zero, failure: .trap)]
    ],
    scripts: [
        "checkout": ScriptBehaviour(calls: ["cart", "crash", "nothing"], service: .milliseconds(3))
    ],
    staticFiles: ["a.txt": StaticFile(contentType: "text/plain", bytes: Array("hello".utf8))],
    permitsPerModule: 2,
    bodyLimit: 100
)

/// A host whose server started when the example of RFC 9110 was written.
func makeHost(_ configuration: StandInConfiguration = storyConfiguration) -> ModuleHost {
    ModuleHost(configuration, startMicrosecondsSince1970: 784_111_777_000_000, identitySeed: 7)
}

/// One request of a story, with what it went through.
struct Visit {
    private var flow: RequestFlow

    init(_ target: String, contentLength: Int? = nil, requestID: String = "id") {
        flow = RequestFlow(
            RequestFacts(target: target, contentLength: contentLength),
            requestID: requestID
        )
    }

    mutating func begin(_ host: inout ModuleHost, at milliseconds: Int) -> RequestFlow.Step {
        flow.begin(in: &host, at: .milliseconds(milliseconds))
    }

    mutating func waitEnded(_ host: inout ModuleHost, at milliseconds: Int) -> RequestFlow.Step {
        flow.waitEnded(in: &host, at: .milliseconds(milliseconds))
    }

    mutating func bodyEnded(
        _ host: inout ModuleHost,
        _ body: String = "",
        at milliseconds: Int
    ) -> RequestFlow.Step {
        flow.bodyEnded(.whole(Array(body.utf8)), in: &host, at: .milliseconds(milliseconds))
    }

    mutating func bodyOverLimit(_ host: inout ModuleHost, at milliseconds: Int) -> RequestFlow.Step
    {
        flow.bodyEnded(.overLimit, in: &host, at: .milliseconds(milliseconds))
    }

    mutating func abandon(_ host: inout ModuleHost) {
        flow.abandon(in: &host)
    }

    /// Takes every step without a body, each wait at its end, to the last one.
    static func run(
        _ target: String,
        _ host: inout ModuleHost,
        at milliseconds: Int
    ) -> RequestFlow.Step {
        var visit = Visit(target)
        var now = Duration.milliseconds(milliseconds)
        var step = visit.flow.begin(in: &host, at: now)
        while true {
            switch step {
            case .wait(let time):
                now += time
                step = visit.flow.waitEnded(in: &host, at: now)
            case .readBody:
                step = visit.flow.bodyEnded(.whole([]), in: &host, at: now)
            case .answer, .closeWithoutResponse:
                return step
            }
        }
    }
}

extension RequestFlow.Step {
    /// The answer, if the step is one.
    var answer: Answer? {
        if case .answer(let answer) = self { answer } else { nil }
    }
}

extension Answer {
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the field with this name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}
