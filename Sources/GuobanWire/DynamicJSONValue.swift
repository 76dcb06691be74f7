internal import FoundationEssentials

/// A JSON value. Whole numbers keep all their digits, also where they are written as 5.0 or 1e3.
enum DynamicJSONValue: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)  // above Int64.max
  case double(Double)  // what is not whole, or is beyond the two
  case string(String)
  case array([DynamicJSONValue])
  case object([(name: String, value: DynamicJSONValue)])
}

extension DynamicJSONValue: Decodable {
  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: AnyKey.self) {
      let names = object.allKeys.sorted { $0.stringValue < $1.stringValue }
      self = .object(try names.map { ($0.stringValue, try object.decode(Self.self, forKey: $0)) })
    } else if var array = try? decoder.unkeyedContainer() {
      var elements: [Self] = []
      while !array.isAtEnd { elements.append(try array.decode(Self.self)) }
      self = .array(elements)
    } else {
      self = try Self(scalar: try decoder.singleValueContainer())
    }
  }

  private init(scalar: any SingleValueDecodingContainer) throws {
    if scalar.decodeNil() {
      self = .null
    } else if let value = try? scalar.decode(Bool.self) {
      self = .bool(value)
    } else if let value = Self.whole(Int64.self, scalar) {
      self = .integer(value)
    } else if let value = Self.whole(UInt64.self, scalar) {
      self = .unsigned(value)
    } else if let value = try? scalar.decode(Double.self) {
      self = .double(value)
    } else {
      self = .string(try scalar.decode(String.self))
    }
  }

  /// The whole number that is written. Foundation alone goes through binary fractions, and takes 999999999999999.99 for 10^15.
  private static func whole<I: FixedWidthInteger & Decodable>(
    _ type: I.Type, _ scalar: any SingleValueDecodingContainer
  ) -> I? {
    guard let value = try? scalar.decode(type), (try? scalar.decode(Decimal.self)) == Decimal(exactly: value) else {
      return nil
    }
    return value
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
      self.stringValue = stringValue
    }

    init?(intValue: Int) {
      nil
    }
  }
}

extension DynamicJSONValue {
  /// Reads a JSON text whose nesting is bounded first: Foundation's parser recurses.
  init(text: String, depthMax: Int) throws(DynamicJSONError) {
    guard Self.depth(text) <= depthMax else {
      throw DynamicJSONError("", "JSON 嵌套超过 \(depthMax) 层", "the JSON is nested more than \(depthMax) deep")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
    } catch {
      let detail = Self.detail(error)
      throw DynamicJSONError("", "不是合法的 JSON\(detail)", "not valid JSON\(detail)")
    }
  }

  /// How deep the brackets outside strings are nested.
  private static func depth(_ text: String) -> Int {
    var depth = 0
    var deepest = 0
    var inString = false
    var escaped = false
    for byte in text.utf8 {
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else {
          inString = byte != UInt8(ascii: "\"")
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: continue
      }
    }
    return deepest
  }

  /// What Foundation's parser says: usually what it met and where.
  private static func detail(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error,
      let said = (context.underlyingError as? CocoaError)?.userInfo["NSDebugDescription"] as? String
    else { return "" }
    return ": \(said)"
  }
}
