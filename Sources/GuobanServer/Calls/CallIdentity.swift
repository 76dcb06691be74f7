internal import GuobanWire
internal import Synchronization

/// What names a call in logs. Nothing is made until it is asked for.
public struct CallIdentity: Sendable {
  private let connection: UInt64
  private let stream: UInt32
  private let metadata: [String: String]

  init(connection: UInt64, stream: UInt32, metadata: [String: String]) {
    self.connection = connection
    self.stream = stream
    self.metadata = metadata
  }

  /// The client's `request-id` when it is fit for a log, else "CONNECTION-STREAM", which is unique until a restart.
  public var requestID: String {
    if let given = metadata[Status.requestIDKey], Self.isFit(given) { return given }
    return "\(connection)-\(stream)"
  }

  /// The client's `traceparent` when it is valid.
  public var traceParent: String? { metadata["traceparent"].flatMap { TraceParent($0)?.text } }

  /// The longest request id that is taken from a client.
  static let requestIDBytesMax = 64

  /// Letters, digits and a few marks: nothing that breaks a log line, a shell word or a query.
  private static func isFit(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= requestIDBytesMax
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_.:/+=@".utf8.contains(byte)
        }
      }
  }
}

/// Numbers the connections of this process.
enum ConnectionNumber {
  private static let last = Atomic<UInt64>(0)

  static func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
