internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanWire

struct SnapshotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: say("快照：创建、列出、校验、恢复。", "Snapshots: create, list, verify, restore."),
    discussion: say(
      "例：guobanctl snapshot create\n    guobanctl snapshot restore --into /srv/guoban-restored",
      "Examples: guobanctl snapshot create\n          guobanctl snapshot restore --into /srv/guoban-restored"),
    subcommands: [
      SnapshotCreateCommand.self, SnapshotListCommand.self, SnapshotVerifyCommand.self, SnapshotRestoreCommand.self,
    ])
}

/// A snapshot on one line.
func snapshotText(_ snapshot: Ledger.Snapshot) -> String {
  let time = localTime(snapshot.createTime) ?? ""
  let size = byteText(snapshot.packedBytes)
  return Terminal.harmless(
    "\(snapshot.id)  \(time)  "
      + say(
        "修订 \(snapshot.revision)，记录 \(snapshot.recordCount)，变更 \(snapshot.changeCount)，\(size)",
        "revision \(snapshot.revision), \(snapshot.recordCount) records, \(snapshot.changeCount) changes, \(size)"))
}

struct SnapshotCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: say("现在就做一个快照。", "Take a snapshot now."),
    discussion: say("例：guobanctl snapshot create", "Example: guobanctl snapshot create"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let snapshot: Ledger.Snapshot = try await common.call(
      "/guoban.v1.SnapshotService/CreateSnapshot",
      Ledger.CreateSnapshotRequest(requestId: newRequestID()), isLong: true)
    Terminal.print(say("快照已做好并读回核对：", "Taken, read back and compared: ") + snapshotText(snapshot))
    Terminal.print("  " + Terminal.harmless(snapshot.path))
  }
}

struct SnapshotListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: say("列出快照，新的在前。", "List snapshots, the newest first."),
    discussion: say("例：guobanctl snapshot list", "Example: guobanctl snapshot list"))

  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withClient { client in
      var token = ""
      repeat {
        let page: Ledger.ListSnapshotsResponse = try await client.call(
          "/guoban.v1.SnapshotService/ListSnapshots", Ledger.ListSnapshotsRequest(pageToken: token),
          timeout: common.callTimeout)
        for snapshot in page.snapshots { Terminal.print(snapshotText(snapshot)) }
        token = page.nextPageToken
      } while !token.isEmpty
    }
  }
}

struct SnapshotVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: say("逐字节校验一个快照；不写编号则为最新的。", "Verify a snapshot byte by byte; the newest without an id."),
    discussion: say(
      "例：guobanctl snapshot verify\n完好时退出码为 0，不完好为 1。",
      "Example: guobanctl snapshot verify\nExits 1 when it is damaged."))

  @Argument(help: ArgumentHelp(say("快照编号", "The snapshot's id"), valueName: "id"))
  var id = ""

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let answer: Ledger.VerifySnapshotResponse = try await common.call(
      "/guoban.v1.SnapshotService/VerifySnapshot", Ledger.VerifySnapshotRequest(id: id), isLong: true)
    guard answer.intact else {
      let problem = Terminal.harmless(
        say(answer.problem, answer.localizedProblem.english(orElse: answer.problem)))
      throw Failure.refused(say("快照不完好：\(problem)", "The snapshot is damaged: \(problem)"))
    }
    Terminal.print(say("快照完好：", "intact: ") + (answer.snapshot.map(snapshotText) ?? ""))
  }
}
