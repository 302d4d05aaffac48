public import TraceFormat

/// Why a recording could not be made.
public enum CaptureError: Error, Equatable, Sendable {
    /// The text is no selection of ports.
    case invalidPorts(String)
    /// The packet filter does not compile.
    case invalidFilter(String, reason: String)
    /// The input could not be opened.
    case cannotOpen(file: String, reason: String)
    /// The input has no byte.
    case emptyFile(file: String)
    /// The input is no packet capture, or not one that can be read.
    case notACapture(file: String, reason: String)
    /// The capture's packets begin with a layer that can't be taken apart.
    case unsupportedLinkType(file: String, name: String)
    /// Capturing needs a right that the program does not have.
    case noRightToCapture(interface: String)
    /// The interface can't be captured on.
    case cannotCapture(interface: String, reason: String)
    /// The proxy can't listen on the address.
    case cannotListen(address: String, reason: String)
    /// A connection can't be encrypted, because a file is not what it should be.
    case unusableEncryption(reason: String)
    /// The trace could not be written.
    case output(TraceError)

    /// The ways to fail, by which the command line chooses its exit status.
    public enum Category: Sendable {
        /// An option is wrong.
        case usage
        /// The input is not there or cannot be read.
        case missingInput
        /// The data are not what they should be.
        case badData
        /// What is to be recorded can't be reached.
        case unreachable
        /// The output cannot be written.
        case cannotWrite
    }

    /// Which of the ways to fail this is.
    public var category: Category {
        switch self {
        case .invalidPorts, .invalidFilter, .cannotListen: .usage
        case .cannotOpen, .unusableEncryption: .missingInput
        case .emptyFile, .notACapture, .unsupportedLinkType: .badData
        case .noRightToCapture, .cannotCapture: .unreachable
        case .output(let error):
            switch error.category {
            case .missingInput: .missingInput
            case .badData: .badData
            case .cannotWrite: .cannotWrite
            }
        }
    }
}

extension CaptureError: CustomStringConvertible {
    /// One sentence that says what is wrong and where.
    public var description: String {
        switch self {
        case .invalidPorts(let text):
            "'\(text)' is no selection of ports: give 3000, 80,8080, 8000-8100, or any"
        case .invalidFilter(let filter, let reason): "the filter '\(filter)' is wrong: \(reason)"
        case .cannotOpen(let file, let reason): "cannot open \(file): \(reason)"
        case .emptyFile(let file): "\(file) is empty"
        case .notACapture(let file, let reason):
            "\(file) is not a packet capture that can be read: \(reason)"
        case .unsupportedLinkType(let file, let name):
            "the packets of \(file) have link type \(name), which is not supported"
        case .noRightToCapture(let interface):
            "capturing on \(interface) needs the capability CAP_NET_RAW: run it as root, or once "
                + "'sudo setcap cap_net_raw+ep PATH' for the path of this program"
        case .cannotCapture(let interface, let reason):
            "cannot capture on \(interface): \(reason)"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .unusableEncryption(let reason): reason
        case .output(let error): error.description
        }
    }
}
