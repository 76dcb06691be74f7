internal import GuobanModel
internal import GuobanServer

extension DaemonConfiguration {
  /// Settings that are each in range but contradict each other or name what does not exist.
  func inconsistencies(_ language: Language) -> [ConfigurationError.Problem] {
    var messages: [String] = []
    if dataDir.isEmpty { messages.append(language.say("dataDir 不能为空", "dataDir cannot be empty")) }
    if pageSizeDefault > rpc.pageSizeMax {
      messages.append(larger("rpc.pageSizeDefault", than: "rpc.pageSizeMax", language))
    }
    if rpc.timeoutDefault > rpc.timeoutMax {
      messages.append(larger("rpc.timeoutDefault", than: "rpc.timeoutMax", language))
    }
    if rpc.messageBytesMax > rpc.requestBytesMax {
      messages.append(larger("rpc.messageBytesMax", than: "rpc.requestBytesMax", language))
    }
    if watch.progressIntervalMin > watch.progressIntervalDefault {
      messages.append(larger("watch.progressIntervalMin", than: "watch.progressIntervalDefault", language))
    }
    if watch.batchBytesMax > rpc.messageBytesMax {
      messages.append(larger("watch.batchBytesMax", than: "rpc.messageBytesMax", language))
    }
    if passes.validDaysDefault > passes.validDaysMax {
      messages.append(larger("passes.validDaysDefault", than: "passes.validDaysMax", language))
    }
    messages += tlsInconsistencies(language)
    if socketPath == nil && !listen.tcpEnabled && !listen.tlsEnabled {
      messages.append(
        language.say(
          "listen.socketPath 为空，listen.tcpEnabled 与 listen.tlsEnabled 都为 false：没有人能连上",
          "listen.socketPath is empty, listen.tcpEnabled and listen.tlsEnabled are false: nobody could connect"))
    }
    if let socketPath, socketPath.utf8.count > Self.socketPathBytesMax {
      messages.append(
        language.say(
          "listen.socketPath 太长（\(socketPath.utf8.count) 字节，系统最多 \(Self.socketPathBytesMax)）：\(socketPath)",
          "listen.socketPath is too long (\(socketPath.utf8.count) bytes, the system allows \(Self.socketPathBytesMax)): "
            + socketPath))
    }
    for (key, schedule) in [
      ("snapshots.schedule", snapshots.schedule), ("audit.compactionSchedule", audit.compactionSchedule),
    ] where !schedule.isEmpty {
      do { _ = try CronExpression(schedule) } catch {
        messages.append("\(key): " + language.say(error.message, error.englishMessage))
      }
    }
    do { _ = try TimeZoneOffset(snapshots.timeZone) } catch {
      messages.append("snapshots.timeZone: " + language.say(error.message, error.englishMessage))
    }
    return messages.map { .init(code: .inconsistent, message: $0) }
  }

  /// What `sockaddr_un` holds on Linux, without the ending NUL.
  static let socketPathBytesMax = 107

  private func larger(_ key: String, than limit: String, _ language: Language) -> String {
    let value = Setting.named(key)?.read(self) ?? ""
    let bound = Setting.named(limit)?.read(self) ?? ""
    return language.say(
      "\(key)（\(value)）不能大于 \(limit)（\(bound)）", "\(key) (\(value)) cannot exceed \(limit) (\(bound))")
  }
}
