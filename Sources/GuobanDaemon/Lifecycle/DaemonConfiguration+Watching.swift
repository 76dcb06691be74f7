internal import GuobanServer

extension DaemonConfiguration {
  /// The settings as watches take them.
  var watching: WatchLimits {
    var limits = WatchLimits()
    limits.watchersMax = watch.watchersMax
    limits.connectionWatchersMax = watch.connectionWatchersMax
    limits.filterEntriesMax = watch.filterEntriesMax
    limits.ringBytesMax = watch.ringBytesMax
    // What surrounds the events must fit into a message as well.
    limits.batchBytesMax = min(watch.batchBytesMax, rpc.messageBytesMax - WatchLimits.envelopeBytesMax)
    limits.recordBytesMax = rpc.messageBytesMax - WatchLimits.envelopeBytesMax
    limits.logReadBytesMax = watch.logReadBytesMax
    limits.logReadThreads = watch.logReadThreads
    limits.stallTimeoutSeconds = watch.stallTimeout.inSeconds
    limits.progressIntervalSecondsMin = watch.progressIntervalMin.inSeconds
    limits.progressIntervalSecondsDefault = watch.progressIntervalDefault.inSeconds
    return limits
  }
}

extension Duration {
  fileprivate var inSeconds: Double { self / .seconds(1) }
}
