internal import GuobanServer

extension Setting {
  /// What watching what is committed may take.
  static let watch: [Setting] = [
    .integer("watch.watchersMax", \.watch.watchersMax, 1...100_000, "同时进行的订阅数", "watches at once"),
    .integer(
      "watch.connectionWatchersMax", \.watch.connectionWatchersMax, 1...65_536, "每个连接的订阅数",
      "watches of one connection"),
    .integer(
      "watch.filterEntriesMax", \.watch.filterEntriesMax, 1...100_000, "一个订阅最多列出的类型、区划、记录各几个",
      "types, regions and keys that one watch may name, each"),
    .bytes(
      "watch.ringBytesMax", \.watch.ringBytesMax, (64 << 10)...(4 << 30),
      "内存里留多少最近的改动供订阅；落后更多的从变更日志读", "bytes of recent commits in memory; who is further behind reads the change log"),
    .bytes(
      "watch.batchBytesMax", \.watch.batchBytesMax, (4 << 10)...(4 << 20), "订阅的一条消息约多大",
      "bytes of events in one message"),
    .bytes(
      "watch.logReadBytesMax", \.watch.logReadBytesMax, (4 << 10)...(64 << 20),
      "替落后的订阅一次从变更日志读多少", "bytes read from the change log at once for a watch that is behind"),
    .integer(
      "watch.logReadThreads", \.watch.logReadThreads, 1...64, "替订阅读变更日志的线程数",
      "threads that read the change log for watches"),
    .duration(
      "watch.stallTimeout", \.watch.stallTimeout, .milliseconds(100) ... .seconds(3600),
      "订阅方一点不收，多久后断开", "time a watch may take nothing before it is ended"),
    .duration(
      "watch.progressIntervalMin", \.watch.progressIntervalMin, .milliseconds(10) ... .seconds(10),
      "订阅可要求的最短进度间隔", "shortest interval of progress marks"),
    .duration(
      "watch.progressIntervalDefault", \.watch.progressIntervalDefault, .milliseconds(10) ... .seconds(600),
      "订阅未写时的进度间隔", "interval of progress marks of a watch that names none"),
  ]
}
