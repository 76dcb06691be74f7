extension Setting {
  /// The rows of what watches the daemon.
  static let metrics: [Setting] = [
    .duration(
      "logs.slowCallThreshold", \.logs.slowCallThreshold, .zero ... .seconds(3600),
      "超过这个时间的普通调用记入日志；0＝不记", "unary calls that take longer are logged; 0: none"
    ).live,
    .integer(
      "logs.slowCallsPerMinuteMax", \.logs.slowCallsPerMinuteMax, 1...10_000,
      "每分钟最多记多少条慢调用", "slow calls logged per minute at most"),
    .integer(
      "logs.peerLinesPerMinuteMax", \.logs.peerLinesPerMinuteMax, 1...100_000,
      "每分钟最多记多少条连接被拒、被断开的日志", "lines about connections refused or closed, per minute at most"),
    .flag(
      "metrics.enabled", \.metrics.enabled, "是否开 HTTP 端口：/metrics、/healthz、/readyz",
      "open the HTTP port: /metrics, /healthz, /readyz"),
    .text(
      "metrics.host", \.metrics.host, "监控 HTTP 地址；无需令牌，勿对外开放",
      "address of the HTTP port; it asks for no token, keep it inside"),
    .integer(
      "metrics.port", \.metrics.port, 0...65_535, "监控 HTTP 端口；0＝由系统选", "HTTP port; 0: the system chooses"),
    .integer(
      "metrics.connectionsMax", \.metrics.connectionsMax, 1...1024, "监控端口的同时连接数", "connections of the HTTP port at once"
    ),
    .bytes(
      "metrics.requestBytesMax", \.metrics.requestBytesMax, 1 << 10...64 << 10, "一个监控请求的最大字节数",
      "bytes of one HTTP request"),
    .duration(
      "metrics.requestTimeout", \.metrics.requestTimeout, .milliseconds(100) ... .seconds(60),
      "监控请求须在多久内发完，应答须在多久内收完", "time for an HTTP request to arrive, and again for its answer to be read"),
    .bytes(
      "metrics.diskFreeBytesMin", \.metrics.diskFreeBytesMin, 0...1 << 40,
      "台账所在磁盘剩余低于此数即报告未就绪", "not ready with less free where the ledger is"),
  ]
}
