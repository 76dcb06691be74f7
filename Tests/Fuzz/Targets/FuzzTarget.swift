/// One way for foreign bytes into the project, and what must hold whatever they are.
///
/// `run` gives the bytes to the real code. That this neither traps nor reads outside its memory nor hangs, the fuzzer
/// sees; what else must hold, `run` checks itself, and throws ``BrokenRule``.
struct FuzzTarget: Sendable {
  var name: String
  /// The longest input worth trying.
  var inputBytesMax: Int
  var run: @Sendable ([UInt8]) throws(BrokenRule) -> Void
  /// Where the fuzzer starts: real inputs, by name.
  var seeds: @Sendable () -> [String: [UInt8]]

  static let all: [FuzzTarget] = [.frame, .message, .connection, .filter, .csv, .snapshot]
}

/// Something that should hold for all inputs does not hold for this one.
struct BrokenRule: Error, CustomStringConvertible {
  var description: String
}

func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(BrokenRule) {
  guard condition else { throw BrokenRule(description: rule()) }
}

/// Takes an input apart; past its end everything is zero or empty.
struct InputCursor {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// Two bytes, big-endian.
  mutating func short() -> Int { Int(byte()) << 8 | Int(byte()) }

  mutating func bytes(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  mutating func remaining() -> [UInt8] { bytes(rest.count) }
}
