internal import GuobanStorage

/// What is bound to a statement's parameter.
enum SQLValue: Equatable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// A projected column as it is stored.
  init(_ value: ColumnValue) {
    switch value {
    case .null: self = .null
    case .integer(let value): self = .integer(value)
    case .text(let value): self = .text(value)
    case .textList(let elements): self = .text(TextList.framed(elements))
    }
  }

  /// Revisions start at 1 and grow by 1, so that they never come near the sign bit.
  init(revision: UInt64) {
    self = .integer(Int64(clamping: revision))
  }
}

extension String {
  /// Greater than every text that begins with this one: no UTF-8 is greater than what follows the last scalar.
  var lastWithPrefix: String { self + "\u{10FFFF}" }
}
