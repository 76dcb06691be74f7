internal import GuobanServer

extension Setting {
  static let gibibyte = 1 << 30
  static let mebibyte = 1 << 20
  static let kibibyte = 1 << 10

  /// Every setting there is, in the order in which it is listed and printed.
  public static let all: [Setting] =
    [
      .path("dataDir", \.dataDir, "数据目录：台账、令牌、密钥，快照默认也在其中", "data directory: ledger, token, keys, and snapshots"),
      .duration(
        "drainGrace", \.rpc.drainTimeout, .zero ... .seconds(600),
        "收到停止信号后，等进行中的调用完成的最长时间", "how long running calls may take to finish after SIGTERM"),
    ] + listen + tls + rpc + imports + watch + storage + reporters + jobs + snapshots + audit + tickets + personalData
    + others + metrics

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

  private static let imports: [Setting] = [
    .bytes(
      "imports.totalBytesMax", \.imports.totalBytesMax, mebibyte...16 * gibibyte, "同时进行的导入合计的最大字节数",
      "bytes of all imports at once"),
    .integer("imports.openMax", \.imports.openMax, 1...1024, "同时进行的导入数", "imports open at once"),
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
    .bytes(
      "storage.quickCheckBytesMax", \.storage.quickCheckBytesMax, 0...gibibyte,
      "数据库不超过此大小时，检查完再开始服务；更大的边服务边检查", "databases up to this are checked before serving, larger ones while serving"),
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
