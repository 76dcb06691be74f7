extension Setting {
  private static let gibibyte = 1 << 30
  private static let mebibyte = 1 << 20
  private static let kibibyte = 1 << 10

  /// Every setting there is, in the order in which it is listed and printed.
  public static let all: [Setting] =
    [
      .path("dataDir", \.dataDir, "数据目录：台账、令牌、密钥，快照默认也在其中", "data directory: ledger, token, keys, and snapshots"),
      .duration(
        "drainGrace", \.drainGrace, .zero ... .seconds(600),
        "收到停止信号后，等进行中的调用完成的最长时间", "how long running calls may take to finish after SIGTERM"),
    ] + listen + tls + rpc + imports + watch + storage + reporters + jobs + snapshots + personalData + others + metrics

  private static let listen: [Setting] = [
    .path("listen.socketPath", \.listen.socketPath, "Unix 套接字；空＝不开", "Unix socket; empty: none"),
    .flag("listen.tcpEnabled", \.listen.tcpEnabled, "是否监听 TCP（须出示令牌）", "listen on TCP, where the token is needed"),
    .text(
      "listen.tcpHost", \.listen.tcpHost, "TCP 地址；内容不加密，本机以外请用 TLS",
      "TCP address; nothing is encrypted: beyond this machine use TLS"),
    .integer("listen.tcpPort", \.listen.tcpPort, 0...65_535, "TCP 端口；0＝由系统选", "TCP port; 0: the system chooses"),
    .flag(
      "listen.tlsEnabled", \.listen.tlsEnabled, "是否监听 TLS（加密的 TCP），须配 tls.certificateFile 与 tls.keyFile",
      "listen on TLS; needs tls.certificateFile and tls.keyFile"),
    .text("listen.tlsHost", \.listen.tlsHost, "TLS 地址；0.0.0.0＝本机全部地址", "TLS address; 0.0.0.0: all of this machine's"),
    .integer("listen.tlsPort", \.listen.tlsPort, 0...65_535, "TLS 端口；0＝由系统选", "TLS port; 0: the system chooses"),
  ]

  private static let rpc: [Setting] = [
    .bytes(
      "rpc.messageBytesMax", \.rpc.messageBytesMax, 64 * kibibyte...64 * mebibyte, "一条消息的最大字节数", "bytes of one message"),
    .bytes(
      "rpc.envelopeBytesMax", \.rpc.envelopeBytesMax, kibibyte...mebibyte,
      "一帧除消息外的最大字节数；两者相加即一帧的上限", "bytes of a frame beside its message; together they bound a frame"),
    .bytes("rpc.helloBytesMax", \.rpc.helloBytesMax, kibibyte...mebibyte, "握手帧的最大字节数", "bytes of the first frame"),
    .integer("rpc.connectionsMax", \.rpc.connectionsMax, 1...65_536, "同时连接数", "connections at once"),
    .integer(
      "rpc.connectionsPerAddressMax", \.rpc.connectionsPerAddressMax, 1...65_536,
      "同一网络地址的同时连接数（IPv6 按 /64 计）", "connections of one network address (IPv6: /64)"),
    .integer(
      "rpc.greetingsMax", \.rpc.greetingsMax, 1...65_536,
      "尚未握手的连接数，超过即断开其中最早的", "connections before their handshake; one more closes the oldest"),
    .integer(
      "rpc.callsMax", \.rpc.callsMax, 1...500_000,
      "全部连接同时进行的调用数（健康检查与管理不计）", "running calls of all connections, but health and administration"),
    .bytes(
      "rpc.requestBytesMax", \.rpc.requestBytesMax, mebibyte...64 * gibibyte,
      "进行中的调用合计占用的请求字节数", "bytes of requests that running calls hold together"),
    .integer(
      "rpc.requestsPerSecondMax", \.rpc.requestsPerSecondMax, 1...100_000_000,
      "每个调用者每秒的调用数", "calls per second of one principal"),
    .integer(
      "rpc.requestBurstMax", \.rpc.requestBurstMax, 1...100_000_000,
      "每个调用者可一次集中发出的调用数", "calls of one principal that may come at once"),
    .integer(
      "rpc.streamMessagesMax", \.rpc.streamMessagesMax, 1...10_000_000,
      "一路上传流中等待处理的消息数，超过即结束该流", "messages of one stream that wait for the daemon before it is ended"),
    .duration(
      "rpc.streamStallTimeout", \.rpc.streamStallTimeout, .seconds(1) ... .seconds(3600),
      "流式调用的对方不收也不发，多久后结束", "time a streaming call may wait for its client"),
    .integer("rpc.streamsMax", \.rpc.streamsMax, 1...65_536, "每个连接同时进行的调用数", "running calls of one connection"),
    .bytes(
      "rpc.streamCreditBytes", \.rpc.streamCreditBytes, 16 * kibibyte...64 * mebibyte,
      "一路流未经对方许可最多先发多少", "bytes one stream may send ahead"),
    .bytes(
      "rpc.connectionCreditBytes", \.rpc.connectionCreditBytes, 16 * kibibyte...gibibyte,
      "一个连接的各路流合计最多先发多少", "bytes all streams of a connection may send ahead"),
    .bytes(
      "rpc.smallMessageBytesMax", \.rpc.smallMessageBytesMax, kibibyte...mebibyte,
      "不超过此数的消息可越过大消息先发", "messages up to this pass larger ones"),
    .bytes(
      "rpc.socketBytesMax", \.rpc.socketBytesMax, 16 * kibibyte...64 * mebibyte,
      "一次交给套接字的最多字节数", "bytes given to a socket before it has taken the rest"),
    .bytes(
      "rpc.compressedBytesMin", \.rpc.compressedBytesMin, 1 * kibibyte...64 * mebibyte,
      "对方收压缩帧时，多大的帧起压缩（zstd）", "frames from this size on are compressed for a client that takes zstd"),
    .bytes(
      "rpc.queuedDataBytesMax", \.rpc.queuedDataBytesMax, 16 * kibibyte...gibibyte,
      "等待发送的流数据最多多少", "bytes of streams' data that may wait for a socket"),
    .bytes(
      "rpc.outboundBytesMax", \.rpc.outboundBytesMax, 64 * kibibyte...gibibyte,
      "对方来不及收时最多替它存多少，超过即断开", "bytes kept for a slow reader before it is cut off"),
    .duration(
      "rpc.outboundStallTimeout", \.rpc.outboundStallTimeout, .seconds(1) ... .seconds(3600),
      "对方一点不收，多久后断开", "time a reader may take nothing before it is cut off"),
    .duration(
      "rpc.handshakeTimeout", \.rpc.handshakeTimeout, .milliseconds(100) ... .seconds(60),
      "连上后多久须完成握手", "time for the handshake"),
    .duration(
      "rpc.frameTimeout", \.rpc.frameTimeout, .milliseconds(100) ... .seconds(3600),
      "一帧开始后多久须收完", "time for the rest of a frame that has begun"),
    .duration(
      "rpc.timeoutDefault", \.rpc.timeoutDefault, .milliseconds(10) ... .seconds(3600),
      "调用未写时限时的时限", "deadline of a call that names none"),
    .duration(
      "rpc.timeoutMax", \.rpc.timeoutMax, .milliseconds(10) ... .seconds(86_400), "调用时限的上限",
      "longest deadline of a call"),
    .duration(
      "rpc.streamTimeoutMax", \.rpc.streamTimeoutMax, .seconds(1) ... .seconds(604_800),
      "流式调用时限的上限", "longest deadline of a streaming call"),
    .duration(
      "rpc.idleTimeout", \.rpc.idleTimeout, .seconds(10) ... .seconds(86_400), "空闲连接多久后断开",
      "time until an idle connection is closed"),
    .duration(
      "rpc.pingIntervalMin", \.rpc.pingIntervalMin, .seconds(1) ... .seconds(3600),
      "客户端心跳的最短间隔", "shortest interval of a client's pings"),
    .integer("rpc.eventLoopThreads", \.rpc.eventLoopThreads, 1...64, "收发线程数", "threads that read and write sockets"),
    .integer("rpc.workerThreads", \.rpc.workerThreads, 1...256, "执行普通调用的线程数", "threads that run unary calls"),
    .integer(
      "rpc.workerQueueMax", \.rpc.workerQueueMax, 1...1_000_000,
      "排队等线程的普通调用数，超过即拒绝", "unary calls that wait for a thread before more are refused"),
    .duration(
      "rpc.workerQueueTimeout", \.rpc.workerQueueTimeout, .milliseconds(10) ... .seconds(600),
      "调用最多排队多久，预计更久即拒绝", "time a call may wait for a thread before it is refused"),
    .integer(
      "rpc.reserveThreads", \.rpc.reserveThreads, 1...64,
      "专为健康检查与管理保留的线程数", "threads kept for health and administration"),
    .integer(
      "rpc.reserveQueueMax", \.rpc.reserveQueueMax, 1...10_000,
      "排队等保留线程的调用数，超过即拒绝", "calls that wait for such a thread before more are refused"),
    .integer("rpc.streamThreads", \.rpc.streamThreads, 1...256, "执行流式调用的线程数", "threads that run streaming calls"),
    .integer(
      "rpc.streamQueueMax", \.rpc.streamQueueMax, 1...1_000_000,
      "排队等线程的流式调用数，超过即拒绝", "streaming calls that wait for a thread before more are refused"),
    .integer("rpc.pageSizeDefault", \.rpc.pageSizeDefault, 1...10_000, "列表每页的默认条数", "records of a page by default"),
    .integer("rpc.pageSizeMax", \.rpc.pageSizeMax, 1...10_000, "列表每页的最多条数", "most records of a page"),
    .integer("rpc.batchRecordsMax", \.rpc.batchRecordsMax, 1...10_000, "批量读写每批的最多条数", "most records of a batch"),
  ]

  private static let imports: [Setting] = [
    .bytes(
      "imports.totalBytesMax", \.imports.totalBytesMax, mebibyte...16 * gibibyte, "同时进行的导入合计的最大字节数",
      "bytes of all imports at once"),
    .integer("imports.openMax", \.imports.openMax, 1...64, "同时进行的导入数", "imports open at once"),
    .integer("imports.recordsMax", \.imports.recordsMax, 1...10_000_000, "一次导入的最多条数", "most records of one import"),
    .bytes("imports.bytesMax", \.imports.bytesMax, mebibyte...4 * gibibyte, "一次导入的最大字节数", "bytes of one import"),
    .duration(
      "imports.idleTimeout", \.imports.idleTimeout, .seconds(1) ... .seconds(3600),
      "导入中断多久后作废", "time until an untouched import is dropped"),
  ]

  private static let storage: [Setting] = [
    .bytes(
      "storage.cacheBytesMax", \.storage.cacheBytesMax, mebibyte...64 * gibibyte, "记录缓存的最大字节数",
      "bytes of the record cache"),
    .bytes(
      "storage.pageCacheBytesMax", \.storage.pageCacheBytesMax, mebibyte...4 * gibibyte,
      "每个数据库连接的页缓存", "bytes of database pages in memory, per connection"),
    .integer(
      "storage.writeQueueMax", \.storage.writeQueueMax, 1...1_000_000,
      "排队等写入的请求数，超过即拒绝", "writes that wait before more are refused"),
    .integer(
      "storage.groupRequestsMax", \.storage.groupRequestsMax, 1...65_536,
      "一次落盘合并的最多请求数", "most requests of one commit group"),
    .bytes(
      "storage.groupBytesMax", \.storage.groupBytesMax, 64 * kibibyte...gibibyte,
      "一次落盘合并的最大字节数", "bytes of one commit group"),
    .integer("storage.readersMax", \.storage.readersMax, 1...64, "同时读数据库的连接数", "database connections that read"),
    .integer(
      "storage.checkpointPages", \.storage.checkpointPages, 100...1_000_000,
      "预写日志多少页后并入数据库", "pages of the write-ahead log before a checkpoint"),
    .flag(
      "storage.quickCheckAtStartup", \.storage.quickCheckAtStartup, "启动时是否检查整个数据库",
      "check the whole database at start-up"),
  ]

  private static let reporters: [Setting] = [
    .path(
      "reporters.folder", \.reporters.folder, "报表插件目录，每个报表一个子目录；空＝随程序安装的目录",
      "folder with one folder per reporter; empty: the installed ones"),
    .path(
      "reporters.sandboxProgram", \.reporters.sandboxProgram,
      "沙箱程序；空＝与 guoband 同目录的 guoban-sandbox", "sandbox program; empty: guoban-sandbox beside guoband"),
    .list(
      "reporters.libraryFolders", \.reporters.libraryFolders, elementsMax: 16,
      "系统目录和 Swift 运行库之外，插件可加载库的目录", "folders of libraries beside the system's and Swift's"),
    .flag(
      "reporters.requiresAllProtections", \.reporters.requiresAllProtections,
      "内核缺任何一项保护就不运行报表", "run no reporter when the kernel lacks a protection"),
    .duration(
      "reporters.runTimeout", \.reporters.runTimeout, .seconds(1) ... .seconds(3600), "一次报表的最长时间", "time of one run"),
    .integer(
      "reporters.cpuSecondsMax", \.reporters.cpuSecondsMax, 1...3600, "一次报表的处理器秒数", "processor seconds of one run"),
    .bytes(
      "reporters.memoryBytesMax", \.reporters.memoryBytesMax, 64 * mebibyte...16 * gibibyte, "一次报表的最大内存",
      "memory of one run"),
    .integer("reporters.rowsMax", \.reporters.rowsMax, 1...10_000_000, "一次查询给报表的最多行数", "rows of one query of a run"),
    .bytes(
      "reporters.outputBytesMax", \.reporters.outputBytesMax, mebibyte...gibibyte, "一次报表的最大输出",
      "bytes that one run may write"),
    .integer(
      "reporters.brokenRunsMax", \.reporters.brokenRunsMax, 1...1000, "连续出错几次后停用",
      "broken runs in a row until quarantine"),
  ]

  private static let jobs: [Setting] = [
    .integer("jobs.threads", \.jobs.threads, 1...64, "同时进行的报表与快照数", "reports and snapshots at once"),
    .integer("jobs.queueMax", \.jobs.queueMax, 1...10_000, "排队的报表与快照数，超过即拒绝", "jobs that wait before more are refused"),
  ]

  private static let snapshots: [Setting] = [
    .text(
      "snapshots.schedule", \.snapshots.schedule, "快照时刻，五段 cron；空＝不定时", "five-field cron; empty: on request only"
    ).live,
    .text(
      "snapshots.timeZone", \.snapshots.timeZone, "上面时刻的时区：Asia/Shanghai、UTC 或 +08:00",
      "time zone of the schedule: Asia/Shanghai, UTC or +08:00"),
    .path("snapshots.directory", \.snapshots.directory, "快照目录", "folder of the snapshots"),
    .integer("snapshots.level", \.snapshots.level, 1...19, "zstd 压缩级别", "zstd level"),
    .integer("snapshots.keepLast", \.snapshots.keepLast, 1...100_000, "保留最近的几份", "newest snapshots kept"),
    .integer("snapshots.keepDaily", \.snapshots.keepDaily, 0...100_000, "每天一份，保留几天", "days with one kept each"),
    .integer("snapshots.keepWeekly", \.snapshots.keepWeekly, 0...100_000, "每周一份，保留几周", "weeks with one kept each"),
    .integer("snapshots.keepMonthly", \.snapshots.keepMonthly, 0...100_000, "每月一份，保留几月", "months with one kept each"),
  ]

  private static let others: [Setting] = [
    .integer(
      "passes.validDaysDefault", \.passes.validDaysDefault, 1...3660, "通行证默认有效天数", "days a pass is valid by default"),
    .integer("passes.validDaysMax", \.passes.validDaysMax, 1...3660, "通行证最长有效天数", "most days a pass may be valid"),
    .choice(
      "logs.level", \.logs.level, ["trace", "debug", "info", "notice", "warning", "error", "critical"],
      "日志级别", "lowest level that is logged"
    ).live,
    .choice("logs.format", \.logs.format, ["text", "json"], "日志格式", "format of the log"),
  ]
}
