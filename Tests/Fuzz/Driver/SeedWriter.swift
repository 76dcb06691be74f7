@testable internal import GuobanMessages

/// The seeds of a target, with random messages of every type where the target takes any.
enum SeedWriter {
  static func seeds(of target: FuzzTarget) -> [String: [UInt8]] {
    var seeds = target.seeds()
    guard target.name == FuzzTarget.message.name else { return seeds }
    var wire = RandomWire("seeds")
    for type in MessageTypes.all {
      seeds[type.fullName + "-random"] = MessageChoice.prefix(of: type) + wire.message(type.descriptor).prefix(1024)
    }
    return seeds
  }
}
