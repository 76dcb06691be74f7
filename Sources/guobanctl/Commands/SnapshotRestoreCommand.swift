internal import ArgumentParser
internal import Foundation
internal import GuobanArchive
internal import GuobanDaemon

struct SnapshotRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: say("把快照恢复成一个新的数据目录；不需要守护进程。", "Make a new data directory from a snapshot; needs no daemon."),
    discussion: say(
      """
      例：
        guobanctl snapshot restore --into /srv/guoban-restored
        guobanctl snapshot restore 20231121T014233Z-000000000042 --into DIR
        guobanctl snapshot restore /backup/20231121T014233Z-000000000042.manifest --into DIR
      先整个校验，再写入；DIR 必须不存在或为空。不写编号则取数据目录里最新的快照。
      """,
      """
      Examples:
        guobanctl snapshot restore --into /srv/guoban-restored
        guobanctl snapshot restore 20231121T014233Z-000000000042 --into DIR
        guobanctl snapshot restore /backup/20231121T014233Z-000000000042.manifest --into DIR
      Everything is verified before anything is written; DIR must be new or empty.
      """))

  @Argument(
    help: ArgumentHelp(say("快照编号，或清单文件的路径", "The snapshot's id, or the path of its manifest"), valueName: "id|path"))
  var snapshot: String?

  @Option(help: ArgumentHelp(say("新的数据目录", "The new data directory"), valueName: "dir"))
  var into: String

  @Option(
    help: ArgumentHelp(
      say("快照所在目录，不写为数据目录里的 snapshots", "Where the snapshots are; snapshots in the data directory if left out"),
      valueName: "dir"))
  var snapshots: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    let source = common.dataDirectories.first { FileManager.default.fileExists(atPath: $0) }
    let folder = source.map { DaemonConfiguration(dataDir: $0).snapshotsDirectory }
    let ofPath = snapshot.flatMap { $0.contains("/") ? URL(fileURLWithPath: $0).deletingLastPathComponent().path : nil }
    guard let from = snapshots ?? ofPath ?? folder else {
      throw Failure.input(
        say(
          "找不到快照所在的目录：请用 --snapshots 或 --data-dir 指明。",
          "Where are the snapshots? Name them with --snapshots or --data-dir."))
    }
    let keys = source.map { DaemonConfiguration(dataDir: $0).keysDirectory }
    do {
      let result = try SnapshotRestore(snapshots: from, dataDirectory: into, keysFrom: keys).restore(snapshot)
      Terminal.print(
        say(
          "已恢复到 \(into)；启动：guoband run --data-dir \(into)",
          "Restored into \(into); start: guoband run --data-dir \(into)"))
      if !result.hasKeys {
        Terminal.complain(
          say(
            "注意：\(result.keysDirectory) 里没有原来的密钥，个人信息解不开；请在启动前把 personal.keys 和 signing.keys 复制进去。",
            "Mind: the keys are not in \(result.keysDirectory), so personal data stay sealed; copy personal.keys and signing.keys there before starting."
          ))
      }
    } catch let error as DaemonError {
      throw Failure.refused(say(error.message, error.englishMessage))
    } catch let error as ArchiveError {
      throw Failure.refused(say(error.message, error.englishMessage))
    }
  }
}
