import GuobanTestSupport

/// What one call is to do, known to both sides: the caller sends it as metadata.
struct SimulatedPlan: Equatable {
  enum Kind: String, CaseIterable { case unary, down, up, both }
  enum Ending: String { case answer, fail, never }

  var number: Int
  var kind: Kind
  /// Messages from the side that sends many.
  var count: Int
  var ending: Ending
  var bytesMax: Int

  init(_ number: Int, _ random: inout SeededGenerator) {
    self.number = number
    kind = Kind.allCases.randomElement(using: &random) ?? .unary
    count = Int.random(in: 0...12, using: &random)
    ending = [.answer, .answer, .answer, .fail, .never].randomElement(using: &random) ?? .answer
    bytesMax = [4, 40, 400].randomElement(using: &random) ?? 4
  }

  init?(_ text: String?) {
    let words = (text ?? "").split(separator: " ").map(String.init)
    guard words.count == 5, let number = Int(words[0]), let kind = Kind(rawValue: words[1]), let count = Int(words[2]),
      let ending = Ending(rawValue: words[3]), let bytesMax = Int(words[4])
    else { return nil }
    self.number = number
    self.kind = kind
    self.count = count
    self.ending = ending
    self.bytesMax = bytesMax
  }

  var text: String { "\(number) \(kind) \(count) \(ending) \(bytesMax)" }

  var method: String { "/test/\(kind)" }

  /// The message with this index, whoever sends it. The first two bytes tell it from every other.
  func message(_ index: Int) -> [UInt8] {
    [UInt8(number & 255), UInt8(index)] + [UInt8](repeating: 7, count: (number * 31 + index * 17) % bytesMax)
  }

  var messages: [[UInt8]] { (0..<count).map(message) }

  /// What the reply carries when it goes well.
  var answer: [UInt8] {
    switch kind {
    case .unary: message(0)
    case .down, .both: []
    case .up: messages.flatMap { $0.prefix(2) } + [UInt8(count)]
    }
  }
}
