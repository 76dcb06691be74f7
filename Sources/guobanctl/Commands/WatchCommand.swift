internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import GuobanClient
internal import GuobanMessages
internal import GuobanWire
internal import Synchronization

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: say("看着台账的改动，一有就打印，直到按 Ctrl-C。", "Print changes as they are committed, until Ctrl-C."),
    discussion: say(
      """
      例：
        guobanctl watch
        guobanctl watch --type Project --type ProjectProgress --region 410928
        guobanctl watch --from 1200 --format json    从修订号 1200 之后补起，每条一行 JSON
      """,
      """
      Examples:
        guobanctl watch
        guobanctl watch --type Project --type ProjectProgress --region 410928
        guobanctl watch --from 1200 --format json    everything after revision 1200, one JSON per line
      """))

  @Option(help: ArgumentHelp(say("只看这种记录，可写多次", "Only records of this type; may be repeated"), valueName: "type"))
  var type: [String] = []

  @Option(help: ArgumentHelp(say("只看这个区划及其下级，可写多次", "Only this region and below; may be repeated"), valueName: "code"))
  var region: [String] = []

  @Option(
    help: ArgumentHelp(say("从这个修订号之后开始；不写则从现在开始", "Begin after this revision; without it, now"), valueName: "revision"))
  var from: UInt64?

  @Option(help: ArgumentHelp(say("格式", "Format"), valueName: "table|json"))
  var format: Format = .table

  @OptionGroup var common: CommonOptions

  enum Format: String, ExpressibleByArgument {
    case table
    case json
  }

  func run() async throws {
    let reached = Reached()
    let watching = Task { try await watch(reached) }
    let interruption = Interruption()
    // The first Ctrl-C ends the watch, with its last words; a second one ends the program at once.
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      signal(SIGINT, SIG_DFL)
      interruption.isCaught.store(true, ordering: .releasing)
      watching.cancel()
    }
    source.resume()
    let result = await watching.result
    source.cancel()
    if let revision = reached.revision.withLock({ $0 }) { Terminal.complain(Self.resumeHint(revision)) }
    if !interruption.isCaught.load(ordering: .acquiring) { try result.get() }
  }

  private func watch(_ reached: Reached) async throws {
    let query = WatchQuery(afterRevision: from, recordTypes: type, regions: region, includesProgress: true)
    try await common.withClient { client in
      let catalog = format == .json ? try await Catalog(of: client) : nil
      var isFirst = true
      // A lost connection is taken up again where it was.
      for try await commit in client.watch(query, onInterruption: { Self.complain($0, retryIn: $1) }) {
        if isFirst {
          Terminal.complain(Self.greeting(after: from ?? commit.revision))
          if catalog == nil { Terminal.print(WatchLine.head) }
          isFirst = false
        }
        for event in commit.events {
          Terminal.print(try catalog.map { try json(event, $0) } ?? WatchLine(event).text)
        }
        reached.revision.withLock { $0 = commit.revision }
      }
    }
  }

  private static func complain(_ status: Status, retryIn delay: Duration) {
    let seconds = String(format: "%.1f", delay / .seconds(1))
    Terminal.complain(
      Terminal.harmless(
        say(
          "订阅中断（\(status.message)），\(seconds) 秒后从断处接上。",
          "Interrupted (\(status.englishMessage)); goes on in \(seconds) s."))
    )
  }

  /// The event on one line, with its record as an object rather than as bytes.
  private func json(_ event: Ledger.WatchEvent, _ catalog: Catalog) throws -> String {
    var bare = event
    bare.record = []
    let text = oneLine(try catalog.text(bare))
    guard !event.record.isEmpty, text.hasSuffix(" }") else { return text }
    let record = oneLine(try catalog.text(packed: event.record, as: "guoban.v1.\(event.recordType)"))
    return "\(text.dropLast(2)), \"record\": \(record) }"
  }

  private static func greeting(after revision: UInt64) -> String {
    say("正在看修订号 \(revision) 之后的改动，按 Ctrl-C 结束。", "Watching what comes after revision \(revision); Ctrl-C ends it.")
  }

  private static func resumeHint(_ revision: UInt64) -> String {
    say(
      "已看到修订号 \(revision)；接着看用 --from \(revision)。", "Seen up to revision \(revision); go on with --from \(revision).")
  }
}

/// How far a watch has come: where to go on.
private final class Reached: Sendable {
  let revision = Mutex<UInt64?>(nil)
}

/// Whether Ctrl-C was pressed.
private final class Interruption: Sendable {
  let isCaught = Atomic(false)
}
