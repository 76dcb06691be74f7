internal import GuobanArchive
internal import GuobanMessages
internal import GuobanModel
internal import GuobanServer
internal import GuobanStorage
internal import GuobanWire

/// What the operator is told when the daemon cannot start.
public enum DaemonFailure {
  /// The error's own words, in the language wanted where it has it.
  public static func message(_ error: any Error, _ language: Language) -> String {
    switch error {
    case let error as DaemonError: language.say(error.message, error.englishMessage)
    case let error as TLSProblem: language.say(error.message, error.englishMessage)
    case let error as ArchiveError: language.say(error.message, error.englishMessage)
    case let error as RuleViolation: language.say(error.message, error.englishMessage)
    case let error as StorageError where error.code == .locked:
      language.say("另一个 guoband 正在使用这个数据目录（\(error.message)）", error.message)
    case let error as StorageError where error.code == .newerSchema:
      language.say("台账是更新版本的 guoband 写的，请用那个版本（\(error.message)）", error.message)
    case let error as StorageError where error.code == .diskFull:
      language.say("磁盘已满，台账打不开：请腾出空间再启动（\(error.message)）", "\(error.message): make room and start again")
    case let error as StorageError where error.code == .io:
      language.say(
        "台账文件读写失败：请看数据目录所在的磁盘是否已满或有故障（\(error.message)）",
        "\(error.message): see whether the disk of the data directory is full or failing")
    case let error as StorageError where error.code == .corrupted:
      language.say(
        "台账或它的变更日志已损坏，守护进程没有启动，文件原样未动：\(error.message)。请先把数据目录整个另存，再用 guobanctl snapshot restore 把最近的快照恢复到新目录",
        "\(error.englishMessage): the daemon was not started and the file was left as it is; keep a copy of the data directory, then restore the last snapshot into a new one with guobanctl snapshot restore"
      )
    case let error as StorageError: language.say(error.message, error.englishMessage)
    case let status as Status where status.reason(limits: .standard) == "ADDRESS_IN_USE":
      language.say(
        "地址已被占用，可能已有 guoband 在运行；也可换一个端口，如 --set listen.tcpPort=7623（\(status.message)）",
        "\(status.message); perhaps a guoband is running already; another port: --set listen.tcpPort=7623")
    case let status as Status: language.say(status.message, status.englishMessage)
    default: "\(error)"
    }
  }
}
