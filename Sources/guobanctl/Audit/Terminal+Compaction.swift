extension Terminal {
  /// Says what a log lacks whose oldest change this is.
  static func complainOfCompaction(before oldest: UInt64) {
    guard oldest > 1 else { return }
    complain(
      say("更早的变更（修订 \(oldest) 之前）已压缩，不再保存。", "Changes before revision \(oldest) were compacted away."))
  }
}
