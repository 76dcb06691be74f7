/// Numbers of bytes as people write them: "64KiB", "4MiB", "1GiB", "512".
enum ByteCount {
  private static let units: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

  /// The shortest exact text.
  static func text(_ bytes: Int) -> String {
    for unit in units where bytes != 0 && bytes % unit.bytes == 0 { return "\(bytes / unit.bytes)\(unit.name)" }
    return String(bytes)
  }

  /// Reads a count; nil when it is none, or does not fit.
  static func parse(_ text: String) -> Int? {
    for unit in units where text.hasSuffix(unit.name) {
      guard let count = Int(text.dropLast(unit.name.count)) else { return nil }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
      return overflow ? nil : bytes
    }
    return Int(text)
  }
}
