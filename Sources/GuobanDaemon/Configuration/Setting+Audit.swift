internal import GuobanLedger

extension Setting {
  static let audit: [Setting] = [
    .integer(
      "audit.keepDays", \.audit.keepDays, ChangeLogCompaction.daysMin...36_600,
      "压缩变更日志时保留多少天的变更；法规要求不少于六个月", "days of changes that a compaction keeps; the law asks for six months"),
    .text(
      "audit.compactionSchedule", \.audit.compactionSchedule,
      "压缩变更日志的时刻，五段 cron；空＝不定时，由 guobanctl ledger compact 进行",
      "five-field cron of compactions; empty: only by guobanctl ledger compact"),
  ]
}
