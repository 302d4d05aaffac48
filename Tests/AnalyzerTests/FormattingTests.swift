import Testing

@testable import Analyzer

@Suite struct FormattingTests {
    @Test(arguments: [
        (0, "0 ns"), (999, "999 ns"), (1000, "1.0 µs"), (9949, "9.9 µs"), (9950, "10 µs"),
        (182_000, "182 µs"), (999_499, "999 µs"), (999_500, "1.0 ms"), (1_400_000, "1.4 ms"),
        (31_000_000, "31 ms"), (999_600_000, "1.0 s"), (2_100_000_000, "2.1 s"),
        (75_000_000_000, "75 s"), (-1_500_000, "-1.5 ms"), (Int64.min, "-9223372037 s"),
    ])
    func durationsHaveTwoDigitsOrMore(_ nanoseconds: Int64, _ text: String) {
        #expect(duration(nanoseconds) == text)
    }

    @Test(arguments: [
        (0.0, "0 %"), (1, "100 %"), (0.00001, "<0.01 %"), (0.0005, "0.05 %"), (0.028, "2.8 %"),
        (0.00994, "0.99 %"), (0.00996, "1.0 %"), (0.972, "97.2 %"), (0.99949, "99.9 %"),
        (0.99999, ">99.9 %"),
    ])
    func sharesAreNeverRoundedToNothingOrAll(_ share: Double, _ text: String) {
        #expect(percentage(share) == text)
    }

    @Test(arguments: [
        (0.29, "+29 %"), (-0.011, "-1.1 %"), (0.003, "+0.3 %"), (-0.0001, "0.0 %"),
        (0.0994, "+9.9 %"), (0.0996, "+10 %"), (12.5, "+1250 %"), (.infinity, "n/a"),
    ])
    func changesHaveASign(_ change: Double, _ text: String) {
        #expect(signedPercentage(change) == text)
    }

    @Test func jsonKeepsOrderAndEscapesWhatItMust() {
        let value = JSONValue.object([
            .init("z", .array([.null, .bool(true), .integer(-1), .unsigned(.max)])),
            .init("a", .array([.number(0.5), .number(.nan), .array([]), .object([])])),
            .init("\"\\\n\t\u{1}\u{7F}é", .string("")),
        ])
        #expect(
            value.text == """
                {
                  "z": [
                    null,
                    true,
                    -1,
                    18446744073709551615
                  ],
                  "a": [
                    0.5,
                    null,
                    [],
                    {}
                  ],
                  "\\"\\\\\\n\\t\\u0001\\u007fé": ""
                }

                """
        )
    }

    @Test func longItemsAreWrappedBetweenTheirWords() {
        var layout = TextLayout()
        layout.items("LABEL", ["short", String(repeating: "word ", count: 30) + "end", "last"])
        let lines = layout.text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= TextLayout.width })
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("LABEL     short · word word"))
        #expect(lines[2].hasPrefix("          word") && lines[2].hasSuffix("end · last"))
    }

    @Test func longNamesLoseTheirMiddle() {
        #expect("/tenant/acme/checkout".shortened(to: 20) == "/tenant/a…e/checkout")
        #expect("/run/cart".shortened(to: 9) == "/run/cart")
    }

    @Test func stylesOnlyAddToTheWords() {
        #expect(Verdict.regressed.marked(.plain) == "REGRESSED")
        #expect(
            Verdict.equivalent.marked(Style(hasColours: true, hasSymbols: true))
                == "\u{1B}[32m✓ EQUIVALENT\u{1B}[0m"
        )
    }
}
