internal import GuobanMessages

extension Message {
  /// Whether the message has a field `request_id` that is not empty.
  var hasRequestID: Bool {
    guard let number = Self.fieldNumber(named: "request_id") else { return false }
    return packed().holdsBytes(inField: number)
  }
}

extension [UInt8] {
  /// Whether these bytes of a message hold the length-delimited field with this number, not empty, at the top.
  func holdsBytes(inField number: UInt32) -> Bool {
    var index = 0
    while let tag = varint(at: &index) {
      switch tag & 7 {
      case 0: _ = varint(at: &index)
      case 1: index += 8
      case 5: index += 4
      case 2:
        guard let length = varint(at: &index), length <= UInt64(count) else { return false }
        if tag >> 3 == UInt64(number), length > 0 { return true }
        index += Int(length)
      default: return false
      }
    }
    return false
  }

  private func varint(at index: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard index < count else { return nil }
      defer { index += 1 }
      value |= UInt64(self[index] & 0x7f) << shift
      if self[index] < 0x80 { return value }
    }
    return nil
  }
}
