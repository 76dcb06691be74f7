internal import GuobanStorage

/// Says of most texts that were never put in that they were not; of those that were it never says so.
///
/// A Bloom filter (Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970) whose bits for one text lie in
/// one cache line (Putze, Sanders, Singler, "Cache-, hash- and space-efficient Bloom filters", 2007), and which grows by
/// further filters (Almeida et al., "Scalable Bloom filters", 2007). Of other texts one in a hundred is taken for one of them
/// where there are few, and four where there are many millions.
struct ValueFilter {
  /// A cache line.
  private static let wordsPerBlock = 8
  private static let bitsPerValue = 10
  /// Bits that are set for a value, each of one of the 512 places in its block.
  private static let probes = 6
  private static let firstCapacity = 1 << 18
  private static let growth = 4
  /// Of all parts: some twenty million values. After that more and more texts are taken for one of them.
  private static let bytesMax = 64 << 20

  private struct Part {
    let capacity: Int
    let blocks: UInt64
    var count = 0
    var words: [UInt64]

    init(capacity: Int) {
      self.capacity = capacity
      blocks = UInt64(capacity * ValueFilter.bitsPerValue / (ValueFilter.wordsPerBlock * 64))
      words = [UInt64](repeating: 0, count: Int(blocks) * ValueFilter.wordsPerBlock)
    }

    private func block(_ hash: UInt64) -> Int { Int(((hash >> 32) * blocks) >> 32) * ValueFilter.wordsPerBlock }

    func has(_ hash: UInt64, bits: UInt64) -> Bool {
      let block = block(hash)
      var bits = bits
      for _ in 0..<ValueFilter.probes {
        if words[block + Int((bits >> 6) & 7)] & (1 << (bits & 63)) == 0 { return false }
        bits >>= 9
      }
      return true
    }

    mutating func set(_ hash: UInt64, bits: UInt64) {
      let block = block(hash)
      var bits = bits
      for _ in 0..<ValueFilter.probes {
        words[block + Int((bits >> 6) & 7)] |= 1 << (bits & 63)
        bits >>= 9
      }
      count += 1
    }
  }

  private var parts: [Part] = []

  /// Whether this text may have been put in.
  func mayHold(_ value: TextKey) -> Bool {
    let (hash, bits) = Self.hashes(value)
    return parts.contains { $0.has(hash, bits: bits) }
  }

  /// Puts a text in.
  mutating func insert(_ value: TextKey) {
    let (hash, bits) = Self.hashes(value)
    // Many come again.
    if parts.contains(where: { $0.has(hash, bits: bits) }) { return }
    if parts.last.map({ $0.count >= $0.capacity }) ?? true { grow() }
    parts[parts.count - 1].set(hash, bits: bits)
  }

  private mutating func grow() {
    let capacity = parts.last.map { $0.capacity * Self.growth } ?? Self.firstCapacity
    let bytes = parts.reduce(capacity * Self.bitsPerValue / 8) { $0 + $1.words.count * 8 }
    if parts.isEmpty || bytes <= Self.bytesMax { parts.append(Part(capacity: capacity)) }
  }

  /// What names the block, and 54 bits that name the places in it.
  private static func hashes(_ value: TextKey) -> (hash: UInt64, bits: UInt64) {
    let hash = UInt64(truncatingIfNeeded: value.hash)
    // Knuth's multiplicative hashing, by the golden ratio.
    return (hash, (hash &* 0x9E37_79B9_7F4A_7C15) >> 10)
  }
}
