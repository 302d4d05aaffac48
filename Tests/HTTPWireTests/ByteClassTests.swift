import Testing

@testable import HTTPWire

@Suite struct ByteClassTests {
    @Test func tokensAreThoseOfRFC9110() {
        let allowed = Set(
            ("!#$%&'*+-.^_`|~0123456789"
                + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz").utf8
        )
        for byte in UInt8.min...UInt8.max {
            #expect(ByteClass.isToken(byte) == allowed.contains(byte), "byte \(byte)")
        }
    }

    @Test func hexadecimalDigitsAreOfEitherCase() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let value = byte < 128 ? character.hexDigitValue.map { UInt8($0) } : nil
            #expect(ByteClass.hexadecimalValue(of: byte) == value, "byte \(byte)")
        }
    }

    /// The scans look at eight bytes at a time, and at the last few one by one.
    @Test func scansStopAtTheSameByteAsAByteByByteSearch() {
        for byte in UInt8.min...UInt8.max {
            for count in 0...19 {
                for place in 0..<count {
                    // Neighbours that differ from a line feed and a delete in one bit only.
                    var input = (0..<count).map { $0 % 2 == 0 ? UInt8(0xFF) : 0x8A }
                    input[place] = byte
                    let lineFeed = input.firstIndex(of: 0x0A) ?? count
                    let valueEnd = input.firstIndex { !ByteClass.isFieldValue($0) } ?? count
                    let found = input.span.firstLineFeed(from: 0)
                    let foundEnd = input.span.endOfFieldValue(from: 0)
                    if found != lineFeed || foundEnd != valueEnd {
                        Issue.record("byte \(byte) at \(place) of \(count): \(found), \(foundEnd)")
                    }
                }
            }
        }
    }

    @Test func scansStartWhereTheyAreTold() {
        let input = bytes("\n\n\tvalue with spaces\nnext\u{7F}")
        #expect(input.span.firstLineFeed(from: 2) == 20)
        #expect(input.span.endOfFieldValue(from: 2) == 20)
        #expect(input.span.endOfFieldValue(from: 21) == 25)
        #expect(input.span.endOfFieldValue(from: 26) == 26)
    }
}
