/// Random numbers that can be had again from their seed, which is printed: SplitMix64 (Steele, Lea and Flood, 2014).
public struct SeededGenerator: RandomNumberGenerator {
  /// Give this to the initializer to repeat a failure.
  public let seed: UInt64
  private var state: UInt64

  /// Starts from a new seed, or from that of a run that failed.
  public init(_ name: String, seed: UInt64 = .random(in: 0...UInt64.max)) {
    self.seed = seed
    state = seed
    print("\(name): seed \(seed)")
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
