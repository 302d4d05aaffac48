import Foundation
import Testing

@testable import Charts

@Suite struct PlotTests {
    @Test(arguments: [1e-9, 0.02, 0.5, 1, 2, 9.99, 10, 12_345, 1e15])
    func logarithmsAreExactEnoughForAPicture(_ value: Double) {
        #expect(abs(decadic(value) - log10(value)) < 1e-9)
    }

    @Test func placesAreWithinTheirAxis() {
        #expect(Scale.linear(10...20).place(of: 12.5) == 0.25)
        #expect(Scale.linear(10...20).place(of: 5) == 0)
        #expect(Scale.linear(10...10).place(of: 10) == 0.5)
        #expect(abs(Scale.logarithmic(1...100).place(of: 10) - 0.5) < 1e-9)
        #expect(abs(Scale.tail(nines: 3).place(of: 0.99) - 2.0 / 3) < 1e-9)
        #expect(Scale.tail(nines: 3).place(of: 1) == 1)
        #expect(Scale.rows(2).place(of: 0) == 0.25)
        #expect(Scale.linear(0...1).place(of: .nan) == 0)
    }

    @Test func ticksAreRoundAndInside() {
        #expect(Scale.linear(0...10).ticks(about: 5) == [0, 2, 4, 6, 8, 10])
        #expect(Scale.linear(-0.3...0.4).ticks(about: 4).count == 4)
        #expect(Scale.logarithmic(3...30).ticks(about: 5) == [5, 10, 20])
        #expect(Scale.logarithmic(11...12).ticks(about: 5) == [11, 12])
        #expect(Scale.tail(nines: 3).ticks(about: 5) == [0, 0.5, 0.9, 0.99, 0.999])
        #expect(Scale.linear(0...(.infinity)).ticks(about: 5) == [0])
    }

    @Test func textOfOthersIsEscaped() {
        var plot = Plot(
            title: "<script>",
            summary: "a & \"b\"",
            x: Plot.Axis(.linear(0...1), title: "'x'") { "\($0)" },
            y: Plot.Axis(.rows(1), title: "") { _ in "</text>" }
        )
        plot.interval(0.1...0.9, middle: 0.5, row: 0, class: "a", tip: "<b>")
        let svg = plot.svg
        #expect(!svg.contains("<script>") && !svg.contains("<b>"))
        #expect(svg.contains("&lt;script&gt;") && svg.contains("a &amp; &quot;b&quot;"))
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>"))
    }
}
