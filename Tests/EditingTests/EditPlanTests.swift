import Editing
import TestSupport
import Testing
import TraceFormat

@Suite struct EditPlanTests {
    private func source(
        epoch: Int64 = 1000,
        first: Int64? = 10,
        last: Int64? = 110,
        bodies: String = "all",
        source: String = "pcap"
    ) -> EditPlan.Source {
        var ledger = Ledger()
        ledger["packets", "seen"] = 3
        return EditPlan.Source(
            info: TraceInfo(writer: "w", source: source, epoch: epoch, bodies: bodies),
            summary: TraceSummary(
                exchanges: 1,
                connections: 1,
                firstRequestTime: first,
                lastTime: last,
                contentHash: "",
                ledger: ledger
            )
        )
    }

    private func plan(
        _ sources: [EditPlan.Source],
        _ arrangement: EditPlan.Arrangement = .oneAfterAnother,
        factor: Double = 1,
        shift: Int64 = 0
    ) throws(EditPlan.Fault) -> EditPlan {
        try EditPlan(sources, arrangement, factor: factor, shift: shift, writer: "new")
    }

    @Test func tracesFollowEachOther() throws {
        let plan = try plan([
            source(), source(first: 500, last: 550), source(first: nil, last: nil),
        ])
        #expect(plan.inputs.map(\.start) == [10, 110, 160])
        #expect(plan.inputs.map(\.firstRequestTime) == [10, 500, 0])
        let stretched = try self.plan([source(), source()], factor: 3)
        #expect(stretched.inputs.map(\.start) == [10, 310])
    }

    @Test func mergedTracesKeepTheirUnixTimes() throws {
        let plan = try plan([source(), source(epoch: 700)], .byTime)
        #expect(plan.inputs.map(\.start) == [10, -290])
        let stretched = try self.plan([source(), source(epoch: 700)], .byTime, factor: 2)
        #expect(stretched.inputs.map(\.start) == [310, -290])
    }

    @Test func resultSaysWhatItIs() throws {
        let plan = try plan([source(), source(bodies: "none", source: "proxy")], shift: 5)
        #expect(plan.info.epoch == 1005)
        #expect(plan.info.source == "edit" && plan.info.writer == "new")
        #expect(plan.info.bodies == "none")
        #expect(plan.info.notes["edited_source"] == "several")
        #expect(plan.ledger["source_packets", "seen"] == 6)
    }

    @Test func timesThatDoNotFitAreRefused() throws {
        let limit: Int64 = 1 << 62
        #expect(throws: EditPlan.Fault.self) { try plan([source(epoch: limit)], shift: 1) }
        #expect(throws: EditPlan.Fault.self) { try plan([source(epoch: -limit)], shift: .min) }
        #expect(throws: EditPlan.Fault.self) {
            try plan([source(epoch: limit), source(epoch: -limit)], .byTime)
        }
        #expect(throws: EditPlan.Fault.self) { try plan([source()], factor: 1e300) }
    }
}
