internal import Glibc
internal import GuobanArchive
internal import GuobanMessages
internal import GuobanModel

/// `guoband check`: what stands in the way of a start, and what deserves a look. Opens nothing for writing.
public struct DaemonCheck: Sendable {
  /// One finding.
  public struct Finding: Sendable, Equatable {
    /// How bad it is.
    public enum Kind: Sendable { case fine, warning, problem }
    public var kind: Kind
    public var text: String
  }

  let configuration: DaemonConfiguration
  let language: Language

  /// Prepares a check of a configuration that was accepted.
  public init(_ configuration: DaemonConfiguration, language: Language) {
    self.configuration = configuration
    self.language = language
  }

  /// Looks, and tells.
  public func findings() -> [Finding] {
    var findings = directory()
    findings += secret(configuration.path(DaemonSecrets.tokenName))
    for purpose in [Ledger.KeyPurpose.personalData, .passSigning] {
      findings += secret("\(configuration.keysDirectory)/\(KeyFile.name(purpose))")
    }
    findings += tls()
    findings += [ledger(), sandbox(), schedule()].compactMap(\.self)
    return findings + snapshots()
  }

  private func directory() -> [Finding] {
    let directory = DataDirectory(path: configuration.dataDir)
    do {
      guard try directory.names() != nil else {
        return [
          .init(
            kind: .fine,
            text: language.say(
              "数据目录 \(directory.path)：还没有，首次启动时创建",
              "data directory \(directory.path): not there yet, made at the first start"))
        ]
      }
    } catch {
      return [.init(kind: .problem, text: language.say(error.message, error.englishMessage))]
    }
    guard access(directory.path, R_OK | W_OK | X_OK) == 0 else {
      return [
        .init(
          kind: .problem,
          text: language.say(
            "数据目录 \(directory.path)：用户 \(geteuid()) 不可写",
            "data directory \(directory.path): not writable for user \(geteuid())"))
      ]
    }
    if directory.isOpenToOthers {
      return [
        .init(
          kind: .warning,
          text: language.say(
            "数据目录 \(directory.path)：别人可读，请 chmod 700",
            "data directory \(directory.path): readable by others, chmod 700 it"))
      ]
    }
    return [.init(kind: .fine, text: language.say("数据目录 \(directory.path)", "data directory \(directory.path)"))]
  }

  private func secret(_ path: String) -> [Finding] {
    let name =
      path.hasPrefix(configuration.dataDir + "/") ? String(path.dropFirst(configuration.dataDir.count + 1)) : path
    do {
      guard try SecretFile(path: path).read() != nil else { return [] }
      return [.init(kind: .fine, text: language.say("\(name)：只有属主可读", "\(name): readable by its owner alone"))]
    } catch {
      return [.init(kind: .problem, text: language.say(error.message, error.englishMessage))]
    }
  }

  /// Reads the database's header alone: opening SQLite would write.
  private func ledger() -> Finding? {
    let path = configuration.path(OpenLedger.fileName)
    do {
      try LostLedger(ledger: path, snapshots: configuration.snapshotsDirectory).refuse()
    } catch {
      return .init(kind: .problem, text: DaemonFailure.message(error, language))
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      return .init(kind: .problem, text: language.say("台账 \(path)：不能读", "ledger \(path): cannot be read"))
    }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 64)
    let isDatabase = read(descriptor, &header, 64) == 64 && header.starts(with: Array("SQLite format 3\0".utf8))
    guard isDatabase else {
      return .init(
        kind: .problem, text: language.say("台账 \(path)：不是 SQLite 数据库", "ledger \(path): not an SQLite database"))
    }
    let version = header[60..<64].reduce(0) { $0 << 8 | Int($1) }
    // As long as the daemon runs, the first page may be in the write-ahead log alone.
    let layout = version == 0 ? "-" : "\(version)"
    return .init(
      kind: .fine,
      text: language.say(
        "台账 \(path)：布局版本 \(layout)（内容在启动时核对）",
        "ledger \(path): layout version \(layout) (its contents are checked at the start)"))
  }

  private func sandbox() -> Finding? {
    guard !configuration.reporters.sandboxProgram.isEmpty else { return nil }
    let path = configuration.path(configuration.reporters.sandboxProgram)
    guard access(path, X_OK) != 0 else { return nil }
    return .init(
      kind: .warning,
      text: language.say("沙箱程序 \(path)：不能执行，报表将无法运行", "sandbox program \(path): cannot be run, so no reporter can"))
  }

  private func schedule() -> Finding? {
    let settings = configuration.snapshots
    guard !settings.schedule.isEmpty else {
      return .init(
        kind: .warning,
        text: language.say("没有定时快照（snapshots.schedule 为空）", "no scheduled snapshots (snapshots.schedule is empty)"))
    }
    guard let cron = try? CronExpression(settings.schedule), let zone = try? TimeZoneOffset(settings.timeZone),
      let now = try? CivilDateTime(epochSeconds: DaemonClock.epochSeconds(), in: zone), let next = cron.next(after: now)
    else { return nil }
    return .init(
      kind: .fine,
      text: language.say(
        "下次定时快照：\(next.text)（\(settings.timeZone)）", "next scheduled snapshot: \(next.text) (\(settings.timeZone))"))
  }

  private func snapshots() -> [Finding] {
    let catalog = SnapshotCatalog(path: configuration.snapshotsDirectory, limits: ArchiveLimits())
    do {
      let files = try catalog.list()
      let newest = files.first.map { "\($0.id)" } ?? language.say("无", "none")
      let summary = language.say("快照 \(files.count) 份，最新：\(newest)", "\(files.count) snapshots, newest: \(newest)")
      let damaged = try catalog.damaged().map {
        Finding(kind: .warning, text: language.say($0.message, $0.englishMessage))
      }
      let orphans = try catalog.orphans().map {
        Finding(
          kind: .warning,
          text: language.say(
            "快照文件 \($0) 没有清单，不算快照；不需要就删掉",
            "file \($0) has no manifest and is no snapshot; remove it if it is not needed"))
      }
      return [.init(kind: .fine, text: summary)] + damaged + orphans
    } catch {
      return [.init(kind: .problem, text: language.say(error.message, error.englishMessage))]
    }
  }
}
