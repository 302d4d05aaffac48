import Testing
import TraceFormat

/// Routes of the user's own in `report`, `check` and `diff`.
@Suite(.timeLimit(.minutes(5)))
struct RouteOptionTests {
    @Test func runsAreReportedCheckedAndComparedByTheRoutesAskedFor() async throws {
        let program = try Program()
        try writeRun(to: program.file("run.mrr"), count: 60) { outcome in
            outcome.method = outcome.index % 3 == 0 ? "POST" : "GET"
            outcome.target = "/run/cart/items/\(outcome.index)"
        }
        let expected: [(options: [String], routes: [String])] = [
            ([], ["/run/cart"]), (["--by-path"], ["/run/cart/items/:id"]),
            (["--by-method"], ["GET /run/cart", "POST /run/cart"]),
            (["--route", "GET /run/cart/*"], ["GET /run/cart/*", "/run/cart"]),
        ]
        for (options, routes) in expected {
            let report = try await program.json(
                arguments: ["report", "run.mrr", "--json"] + options,
                accepting: [0, 3]
            )
            #expect(try report["routes"].elements.map { try $0["route"].text } == routes)
            let diff = try await program.json(
                arguments: ["diff", "run.mrr", "run.mrr", "--json"] + options,
                accepting: [0, 3, 4]
            )
            #expect(try Set(diff["routes"].elements.map { try $0["route"].text }) == Set(routes))
        }
        let unfolded = try await program.json(
            arguments: ["report", "run.mrr", "--json", "--by-path", "--no-fold-ids"],
            accepting: [0, 3]
        )
        #expect(try unfolded["routes"].elements.count == 60)
        let check = ["check", "run.mrr", "--threshold", "POST /run/cart p50<1h"]
        #expect(try await program.run(check + ["--by-method"]).status == 0)
        #expect(try await program.run(check).status == 4)
        let wrong = try await program.run("report", "run.mrr", "--route", "cart")
        #expect(wrong.status == 64 && wrong.errors.contains("'cart' is invalid"), "\(wrong)")
    }
}
