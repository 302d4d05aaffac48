import Testing

@testable import TraceFormat

@Suite struct VersionTests {
    @Test func laterMajorVersionIsRefusedWithTheVersionNeeded() throws {
        let bytes = FileHeader(kind: .trace, version: FormatVersion(major: 3, minor: 1)).encoded()
        let error = #expect(throws: TraceError.self) { _ = try TraceContents(bytes) }
        #expect(error?.category == .badData)
        #expect(
            error?.description
                == "a.mtr has format version 3.1 and needs a mik-replay that reads version 3; "
                + "this one reads up to version 2"
        )
    }

    @Test func laterMinorVersionIsReadWithoutWhatIsUnknown() throws {
        guard case .exchange(var exchange) = sampleExchange(time: 3) else { return }
        var payload = HandmadeFile.payload([.exchange(exchange)])
        // One more field at the end of the record, and a record of an unknown kind.
        payload += [0, 0xAA, 0xBB]
        payload[0] += 3
        payload += [3, 0, 0, 0, 77, 1, 2]
        var file = HandmadeFile(version: FormatVersion(major: 1, minor: 9))
        file.append(kind: 200, stored: deflated([1, 2, 3]), rawSize: 3)
        file.append(.records, payload, recordCount: 2, times: 3...3)
        file.finish()
        let contents = try TraceContents(file.bytes)
        exchange.upstream = UpstreamTimes()
        #expect(contents.records == [.exchange(exchange)])
        #expect(contents.damage == [])
    }

    @Test func sameMinorVersionHasNothingUnknown() throws {
        var payload = HandmadeFile.payload([sampleExchange(time: 3)])
        payload += [0xAA]
        payload[0] += 1
        var file = HandmadeFile()
        file.append(.records, payload, recordCount: 1, times: 3...3)
        file.finish()
        let contents = try TraceContents(file.bytes)
        #expect(contents.records == [])
        #expect(contents.damage.count == 1)
    }

    @Test func foreignFileIsNamedWithItsFirstBytes() throws {
        let error = #expect(throws: TraceError.self) {
            _ = try TraceContents(Array("GET / HTTP/1.1\r\n".utf8))
        }
        #expect(
            error?.description
                == "a.mtr is not a mik-replay file: its first bytes are 47 45 54 20 2f 20 48 54"
        )
        #expect(error?.category == .badData)
    }

    @Test func runIsRefusedWhereATraceIsWanted() throws {
        let run = try runFile([])
        #expect(throws: TraceError.wrongKind(file: "a.mtr", found: .run, wanted: .trace)) {
            _ = try TraceContents(run)
        }
        let trace = try traceFile([]).bytes
        #expect(throws: TraceError.wrongKind(file: "a.mrr", found: .trace, wanted: .run)) {
            _ = try RunContents(trace)
        }
    }

    @Test(arguments: [8, 9, 14, 27])
    func headerWithRightChecksumAndWrongBytesIsDamaged(offset: Int) throws {
        var bytes = Array(
            FileHeader(kind: .trace, version: Layout.version).encoded().dropLast(4)
        )
        bytes[offset] = 3
        bytes.append(littleEndian: checksum(of: bytes, in: bytes.indices))
        let error = #expect(throws: TraceError.self) { _ = try TraceContents(bytes) }
        guard case .damagedHeader = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }
}
