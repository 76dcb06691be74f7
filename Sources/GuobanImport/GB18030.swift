internal import Glibc

/// glibc's strict GB18030, both ways.
final class GB18030 {
  private let fromGB: iconv_t
  private let toGB: iconv_t

  /// Nil when this machine has no such table.
  init?() {
    // iconv_open reports failure as (iconv_t)-1.
    guard let fromGB = iconv_open("UTF-8", "GB18030"), Int(bitPattern: fromGB) != -1 else { return nil }
    guard let toGB = iconv_open("GB18030", "UTF-8"), Int(bitPattern: toGB) != -1 else {
      iconv_close(fromGB)
      return nil
    }
    self.fromGB = fromGB
    self.toGB = toGB
  }

  deinit {
    iconv_close(fromGB)
    iconv_close(toGB)
  }

  /// The text as UTF-8, how many bytes it was made of, and whether the next ones are no GB18030. A character that is not
  /// whole at the end is left.
  func decode(_ bytes: [UInt8]) -> (text: [UInt8], used: Int, isBad: Bool) {
    // A GB18030 character of one, two or four bytes has at most one, three or four bytes of UTF-8.
    convert(fromGB, bytes, capacity: bytes.count * 3 / 2 + 4)
  }

  /// UTF-8 as GB18030, which has every character.
  func encode(_ text: [UInt8]) -> [UInt8] { convert(toGB, text, capacity: text.count * 2 + 4).text }

  private func convert(_ converter: iconv_t, _ input: [UInt8], capacity: Int) -> (text: [UInt8], used: Int, isBad: Bool)
  {
    var used = 0
    var isBad = false
    let text = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeBytes { input in
        // Safety: iconv reads `input` and never writes to it, though C declares the pointer mutable; both buffers
        // outlive the call, and iconv stops at the lengths that it is given.
        var source = UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(to: CChar.self)
        var sourceLeft = input.count
        var target = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self)
        var targetLeft = capacity
        let result = iconv(converter, &source, &sourceLeft, &target, &targetLeft)
        if result == -1 {
          isBad = errno != EINVAL
          // Back to the state at the begin of a text.
          iconv(converter, nil, nil, nil, nil)
        }
        used = input.count - sourceLeft
        count = capacity - targetLeft
      }
    }
    return (text, used, isBad)
  }
}
