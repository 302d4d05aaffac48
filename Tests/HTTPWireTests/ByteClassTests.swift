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
}
