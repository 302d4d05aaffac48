internal import FoundationEssentials

/// Decodes JSON with errors that name the member, as in `request.method is missing`.
struct JSONReader {
    private let decoder = JSONDecoder()

    /// Reads one document.
    ///
    /// - Parameters:
    ///   - type: What the document should be.
    ///   - bytes: The document.
    ///   - place: Where it stands in the input, for errors.
    /// - Returns: The value.
    /// - Throws: `InterchangeError` at the place.
    func decode<Value: Decodable>(
        _ type: Value.Type,
        from bytes: ArraySlice<UInt8>,
        at place: InterchangeError.Place
    ) throws(InterchangeError) -> Value {
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw InterchangeError(place, error.sentence)
        } catch {
            throw InterchangeError(place, "it can't be read as JSON")
        }
    }
}

extension DecodingError {
    /// What is wrong, without a full stop.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context):
            "\(Self.name(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(Self.name(context.codingPath)) is null"
        case .typeMismatch(let type, let context):
            "\(Self.name(context.codingPath)) is not \(Self.name(of: type))"
        case .dataCorrupted(let context):
            // The library does not always say which number is out of range.
            context.codingPath.isEmpty
                ? "it is not whole JSON, or a number in it is out of range"
                : "\(Self.name(context.codingPath)) is out of range"
        @unknown default: "it is not what it should be"
        }
    }

    private static func name(_ path: [any CodingKey]) -> String {
        var name = ""
        for key in path {
            if let index = key.intValue {
                name += "[\(index)]"
            } else {
                name += name.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
        return name.isEmpty ? "the value" : name
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        default: "an object"
        }
    }
}

/// The bytes of a text in base64 (RFC 4648, section 4); `nil` when it is none.
func decodedBase64(_ text: String) -> [UInt8]? {
    Data(base64Encoded: text).map(Array.init)
}
