@testable import Capture
import Testing

@Suite struct PortSelectionTests {
    @Test func numbersListsAndRangesAreRead() throws {
        let ports = try PortSelection(parsing: "80,8000-8002,65535")
        let selected = (UInt16.min...UInt16.max).filter { ports.contains($0) }
        #expect(selected == [80, 8000, 8001, 8002, 65535])
        #expect(!ports.isAny)
    }

    @Test func anySelectsAll() throws {
        let ports = try PortSelection(parsing: "any")
        #expect(ports.isAny)
        #expect(ports.contains(1) && ports.contains(65535))
    }

    @Test(arguments: ["", ",", "80,", "-", "0", "70000", "9-8", "1-2-3", "http", "-1", "1-"])
    func anythingElseIsAnError(text: String) {
        #expect(throws: CaptureError.invalidPorts(text)) { try PortSelection(parsing: text) }
    }
}
