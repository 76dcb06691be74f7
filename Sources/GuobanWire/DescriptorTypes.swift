public import GuobanMessages

extension DescriptorPool {
  /// A method of a service.
  public struct Method: Sendable, Hashable {
    /// As a call names it: `/guoban.v1.PassService/VerifyPass`.
    public let name: String
    /// The full name of the request's type.
    public let input: String
    /// The full name of the reply's type.
    public let output: String
    public let clientStreaming: Bool
    public let serverStreaming: Bool
    /// What its caller must be allowed to do; unspecified when the proto file does not say.
    public let permission: RPC.Permission
  }

  /// A message type.
  public struct MessageType: Sendable {
    /// `guoban.v1.Pass`.
    public let fullName: String
    /// In the order of the proto file.
    public let fields: [Field]
    /// Whether this is what protoc makes of one entry of a map.
    let isMapEntry: Bool

    private let indexByName: [String: Int]
    private let indexByNumber: [UInt32: Int]

    init(fullName: String, fields: [Field], isMapEntry: Bool) {
      self.fullName = fullName
      self.fields = fields
      self.isMapEntry = isMapEntry
      let byProtoName = fields.enumerated().map { ($1.name, $0) }
      let byJSONName = fields.enumerated().map { ($1.jsonName, $0) }
      indexByName = Dictionary(byProtoName + byJSONName, uniquingKeysWith: { first, _ in first })
      indexByNumber = Dictionary(fields.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field with this proto or JSON name: `total_investment_fen` or `totalInvestmentFen`.
    public func field(named name: String) -> Field? {
      indexByName[name].map { fields[$0] }
    }

    func field(numbered number: UInt32) -> Field? {
      indexByNumber[number].map { fields[$0] }
    }
  }

  /// A field of a message type.
  public struct Field: Sendable {
    public let name: String
    public let jsonName: String
    public let number: UInt32
    public let kind: Kind
    public let isRepeated: Bool
    /// Whether the elements of a repeated number stand in one field.
    let isPacked: Bool
    /// Whether a value that equals the default is still written.
    let hasPresence: Bool
    /// Which oneof of its message it belongs to.
    let oneof: Int?
  }

  /// What a field holds.
  public enum Kind: Sendable, Hashable {
    case int32
    case sint32
    case sfixed32
    case uint32
    case fixed32
    case int64
    case sint64
    case sfixed64
    case uint64
    case fixed64
    case float
    case double
    case bool
    case string
    case bytes
    /// An enum type's full name.
    case enumeration(String)
    /// A message type's full name.
    case message(String)

    var isPackable: Bool {
      switch self {
      case .string, .bytes, .message: false
      default: true
      }
    }

    var isMessage: Bool {
      if case .message = self { true } else { false }
    }
  }

  /// An enum type.
  public struct EnumType: Sendable {
    public let fullName: String
    /// As declared: full proto names and numbers.
    public let values: [(name: String, number: Int32)]
    /// What all names start with: `PROJECT_TIER_`; empty when they do not.
    let namePrefix: String

    init(fullName: String, values: [(name: String, number: Int32)]) {
      self.fullName = fullName
      self.values = values
      let prefix = Self.upperSnake(fullName.split(separator: ".").last ?? "") + "_"
      namePrefix = values.allSatisfy { $0.name.hasPrefix(prefix) } ? prefix : ""
    }

    /// The number of a value by its full or short name.
    func number(named name: String) -> Int32? {
      values.first { $0.name == name || $0.name == namePrefix + name }?.number
    }

    func name(of number: Int32) -> String? {
      values.first { $0.number == number }?.name
    }

    /// The names without their prefix.
    var shortNames: [String] { values.map { String($0.name.dropFirst(namePrefix.count)) } }

    private static func upperSnake(_ camel: Substring) -> String {
      var out = ""
      for character in camel {
        if character.isUppercase, let last = out.last, last != "_", !last.isUppercase { out.append("_") }
        out.append(character)
      }
      return out.uppercased()
    }
  }
}
