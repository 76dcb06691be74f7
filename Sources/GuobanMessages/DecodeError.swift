/// Why bytes were refused.
public struct DecodeError: Error, Sendable, Hashable, CustomStringConvertible {
  public var code: Code
  /// Where: `projects[3].labels[0].key`; `#99` is a field this version does not know; empty is the message itself.
  public var field: String
  /// Bytes from the message's start to what is wrong.
  public var offset: Int
  /// For the person who must act: what is wrong and what the rule is.
  public var message: String

  public init(code: Code, field: String, offset: Int, message: String) {
    self.code = code
    self.field = field
    self.offset = offset
    self.message = message
  }

  public var description: String { message }

  /// The rule that was broken.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs: `INVALID_UTF8`.
    public let name: String
    /// Whether the message is too much (RESOURCE_EXHAUSTED) rather than wrong (INVALID_ARGUMENT).
    public let isLimit: Bool

    public var description: String { name }

    /// The bytes are not a well-formed protobuf message.
    public static let malformed = Code(name: "MALFORMED_MESSAGE", isLimit: false)
    /// A field came in another form than its type has.
    public static let wrongType = Code(name: "WRONG_WIRE_TYPE", isLimit: false)
    /// A field that is one message came twice.
    public static let repeatedMessage = Code(name: "REPEATED_MESSAGE", isLimit: false)
    /// A string is not UTF-8.
    public static let invalidUTF8 = Code(name: "INVALID_UTF8", isLimit: false)
    /// A string has a NUL in it.
    public static let nulInString = Code(name: "NUL_IN_STRING", isLimit: false)
    /// Past `DecodeLimits.messageBytesMax`.
    public static let messageTooLarge = Code(name: "MESSAGE_TOO_LARGE", isLimit: true)
    /// Past `DecodeLimits.depthMax`.
    public static let tooDeep = Code(name: "TOO_DEEP", isLimit: true)
    /// Past `DecodeLimits.elementsMax`.
    public static let tooManyElements = Code(name: "TOO_MANY_ELEMENTS", isLimit: true)
    /// Past `DecodeLimits.unknownFieldsMax`.
    public static let tooManyUnknownFields = Code(name: "TOO_MANY_UNKNOWN_FIELDS", isLimit: true)
    /// Past `DecodeLimits.memoryBytesMax`.
    public static let tooMuchMemory = Code(name: "TOO_MUCH_MEMORY", isLimit: true)
  }
}
