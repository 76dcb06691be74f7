public import GuobanStorage
public import GuobanWire

extension StorageError: StatusConvertible {
  public var status: Status {
    switch code {
    case .overloaded:
      // The queue of writes: it is done within moments, or the disk has failed.
      Status(.resourceExhausted, message, englishMessage, cause: self).reason("OVERLOADED").retry(
        after: .milliseconds(200))
    case .closed:
      Status(.unavailable, "守护进程正在停止，请稍后重试", "the daemon is stopping: try again later", cause: self).reason("CLOSING")
    case .corrupted: Status(.dataLoss, message, englishMessage, cause: self).reason("CORRUPTED")
    case .requestIDReused:
      Status(.invalidArgument, message, englishMessage, cause: self).reason("REQUEST_ID_REUSED")
    case .compacted: Status(.failedPrecondition, message, englishMessage, cause: self).reason("COMPACTED")
    case .invalidQuery:
      refused(argument ?? QueryArgument("filter", ""))
    case .tooLarge: Status(.resourceExhausted, message, englishMessage, cause: self).reason("TOO_LARGE")
    case .cancelled: Status(.cancelled, message, englishMessage, cause: self)
    case .diskFull:
      Status(
        .resourceExhausted, "磁盘已满，没有写入；请管理员腾出空间后重试",
        "the disk is full and nothing was written; try again when an administrator has made room", cause: self
      ).reason("DISK_FULL")
    default:
      Status(.internalError, "存储出错，详情见守护进程日志", "the storage failed; the log of the daemon says how", cause: self)
        .reason("STORAGE")
    }
  }

  private func refused(_ argument: QueryArgument) -> Status {
    let reason = argument.field == "filter" ? "INVALID_FILTER" : "INVALID_QUERY"
    return Status.invalidArgument(violations: [
      FieldViolation(field: argument.field, value: argument.value, reason: reason, message, englishMessage)
    ]).reason(reason)
  }
}
