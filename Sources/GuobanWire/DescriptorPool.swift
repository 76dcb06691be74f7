public import GuobanMessages
internal import GuobanModel

/// The messages, enums and methods of a `google.protobuf.FileDescriptorSet`: what a client that has no generated code
/// learns from a daemon's Describe.
public struct DescriptorPool: Sendable {
  /// All methods in the order of the files.
  public let methods: [Method]
  private let messages: [String: MessageType]
  private let enums: [String: EnumType]

  /// Reads a packed `FileDescriptorSet` of at most `bytesMax` bytes. Files must be proto3, and every type that a field
  /// or method names must be in the set.
  public init(fileDescriptorSet bytes: [UInt8], bytesMax: Int) throws(DecodeError) {
    guard bytes.count <= bytesMax else {
      throw DecodeError(
        code: .messageTooLarge, field: "", offset: 0,
        message: "the descriptor set has \(bytes.count) bytes; the limit is \(bytesMax)")
    }
    var parser = DescriptorParser()
    try parser.readSet(bytes[...])
    methods = parser.methods
    messages = Dictionary(parser.messages.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    enums = Dictionary(parser.enums.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    try checkReferences()
  }

  /// The message type with this full name.
  public func message(named name: String) -> MessageType? { messages[name] }

  /// The enum type with this full name.
  public func enumeration(named name: String) -> EnumType? { enums[name] }

  /// Finds a method by as much of its name as makes it the only one: `/guoban.v1.PassService/VerifyPass`,
  /// `guoban.v1.PassService.VerifyPass`, `PassService/VerifyPass` or `VerifyPass`.
  public func method(named name: String) -> Method? {
    let wanted = Self.parts(name)
    let found = methods.filter { Self.parts($0.name).suffix(wanted.count).elementsEqual(wanted) }
    return found.count == 1 && !wanted.isEmpty ? found.first : nil
  }

  /// The methods whose names are most like this one, best first: for "did you mean".
  public func methods(like name: String, countMax: Int) -> [Method] {
    let wanted = Self.parts(name).last.map(String.init) ?? ""
    let scored = methods.map { method in
      (method, NameLikeness.distance(wanted, Self.parts(method.name).last.map(String.init) ?? ""))
    }
    return scored.filter { $0.1 <= NameLikeness.distanceMax(wanted) }
      .sorted { $0.1 < $1.1 }.prefix(max(0, countMax)).map { $0.0 }
  }

  private static func parts(_ name: String) -> [Substring] {
    name.split { $0 == "/" || $0 == "." }
  }

  private func checkReferences() throws(DecodeError) {
    for message in messages.values {
      for field in message.fields {
        switch field.kind {
        case .message(let name) where messages[name] == nil: throw missing(name)
        case .enumeration(let name) where enums[name] == nil: throw missing(name)
        default: continue
        }
      }
      if message.isMapEntry, message.field(numbered: 1) == nil || message.field(numbered: 2) == nil {
        throw DecodeError(
          code: .malformed, field: "", offset: 0, message: "\(message.fullName) is a map entry without key or value")
      }
    }
    for method in methods {
      for name in [method.input, method.output] where messages[name] == nil { throw missing(name) }
    }
  }

  private func missing(_ name: String) -> DecodeError {
    DecodeError(code: .malformed, field: "", offset: 0, message: "the descriptor set lacks the type \(name)")
  }
}
