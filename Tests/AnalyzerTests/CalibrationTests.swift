import SyntheticRuns
import Testing

/// A small part of what `make calibration` does.
@Suite struct CalibrationTests {
    @Test func sameTargetRaisesNoAlarms() throws {
        let study = Study(target: SyntheticTarget(requestCount: 400), trials: 8)
        let result = try study.run()
        #expect(result.trials == 8)
        #expect(result.alarmed <= 1)
        #expect(result.regressed == 0)
    }

    @Test func slowerRouteIsNamedFirst() throws {
        var study = Study(target: SyntheticTarget(requestCount: 1000), trials: 2)
        study.slowdown = 1.3
        let result = try study.run()
        #expect(result.found == 2)
        #expect(result.foundRegressed == 2)
        #expect(result.namedFirst == 2)
    }
}
