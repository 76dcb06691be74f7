internal import Testing

@testable internal import GuobanModel

struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("过半", 4), ("濮阳县 37.39%", 13), ("ＡＢ", 4), ("。,", 3), ("é", 1), ("e\u{301}", 1), ("🇨🇳", 2),
    ("👨‍👩‍👧", 2), ("🟢", 2), ("✓", 1), ("❤️", 2), ("\t", 0), ("가", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("“”", 2),
  ])
  func widths(text: String, width: Int) {
    #expect(displayWidth(of: text) == width)
  }

  /// Every assigned, spacing character against Python's Unicode tables (East Asian Width W or F).
  @Test func widthsAgreeWithPython() async throws {
    let lines = try await python(
      """
      import unicodedata as u
      for c in range(0x20, 0x110000):
          s = chr(c)
          if u.category(s) in ("Cn", "Cs", "Cc", "Cf", "Co", "Mn", "Me", "Zl", "Zp"): continue
          print(c, 2 if u.east_asian_width(s) in "WF" else 1)
      """, input: "")
    #expect(lines.count > 100_000)
    // Hexagrams and Taixuanjing signs became wide in Unicode 16.
    let lately: [ClosedRange<UInt32>] = [0x4DC0...0x4DFF, 0x1D300...0x1D376, 0x2630...0x2637, 0x268A...0x268F]
    for line in lines {
      let parts = line.split(separator: " ").compactMap { UInt32($0) }
      guard let scalar = Unicode.Scalar(parts[0]), !lately.contains(where: { $0.contains(parts[0]) }) else { continue }
      #expect(scalar.displayWidth == Int(parts[1]), "U+\(String(parts[0], radix: 16))")
    }
  }
}
