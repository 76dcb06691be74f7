internal import GuobanServer

extension Setting {
  /// The limits of the RPC server.
  static let rpc: [Setting] = [
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
    .integer("rpc.pageSizeDefault", \.pageSizeDefault, 1...10_000, "列表每页的默认条数", "records of a page by default"),
    .integer("rpc.pageSizeMax", \.rpc.pageSizeMax, 1...10_000, "列表每页的最多条数", "most records of a page"),
    .integer("rpc.batchRecordsMax", \.rpc.batchRecordsMax, 1...10_000, "批量读写每批的最多条数", "most records of a batch"),
  ]
}
