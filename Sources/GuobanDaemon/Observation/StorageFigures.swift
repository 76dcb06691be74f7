internal import GuobanMetrics
internal import GuobanSQLite
internal import GuobanStorage

/// Counts what the writer does.
final class StorageFigures: StorageObserver {
  let requests = HistogramTable(rows: 1, bounds: .counts)
  let commits = HistogramTable(rows: 1, bounds: .durations)
  let groups = HistogramTable(rows: 1, bounds: .durations)
  let changes = Counter()
  let failures = Counter()

  func groupFinished(_ group: GroupSummary) {
    groups.record(group.nanoseconds)
    requests.record(UInt64(clamping: group.requests))
    changes.add(UInt64(clamping: group.changes))
    if group.failure == nil { commits.record(group.commitNanoseconds) } else { failures.add() }
  }

  /// Everything as metrics, with what the store itself knows.
  func families(_ store: SQLiteStore) -> [MetricFamily] {
    let cache = store.cacheStatistics
    return [
      .gauge("guoban_ledger_revision", "Revision of the last committed change.", store.revision),
      .counter("guoban_changes_total", "Changes that were committed.", changes.value),
      .gauge("guoban_writes_queued", "Write requests that wait for the writer.", UInt64(clamping: store.writesQueued)),
      MetricFamily(
        "guoban_commit_group_requests", .histogram, "Write requests that were committed together.",
        [.init(.histogram(requests.snapshot(), unit: 1))]),
      .seconds(
        "guoban_commit_group_duration_seconds", "Time of a commit group, from its first request to its end.",
        groups.snapshot()),
      .seconds(
        "guoban_commit_duration_seconds", "Time of COMMIT: writing the log and waiting for the disk (fsync).",
        commits.snapshot()),
      .counter("guoban_commit_failures_total", "Commit groups that failed as a whole.", failures.value),
      .counter("guoban_cache_hits_total", "Records found in the cache.", UInt64(clamping: cache.hits)),
      .counter("guoban_cache_misses_total", "Records looked for in the cache in vain.", UInt64(clamping: cache.misses)),
      .gauge("guoban_cache_records", "Records in the cache.", UInt64(clamping: cache.records)),
      .gauge("guoban_cache_bytes", "Bytes of the cache, with its overhead.", UInt64(clamping: cache.bytes)),
    ]
  }
}
