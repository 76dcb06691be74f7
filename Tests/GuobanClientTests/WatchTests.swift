import Glibc
import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Synchronization
import Testing

@testable import GuobanClient

/// A watch over connections that are cut and daemons that die, against the real program.
@Suite(.timeLimit(.minutes(5))) struct WatchTests {
  private static let commitCount = 150

  @Test func nothingIsMissedOrToldTwiceThroughCutsAndARestart() async throws {
    let folder = try TemporaryFolder()
    var daemon = try await DaemonProcess(folder)
    let proxy = try await CuttingProxy(to: daemon.endpoint)
    let writer = GuobanClient(to: daemon.endpoint, name: "writer", configuration: patient)
    let reader = GuobanClient(to: proxy.endpoint, name: "reader", configuration: patient)
    var random = SeededGenerator("watch through cuts")
    let sizes = (0..<Self.commitCount).map { _ in Int.random(in: 1...40, using: &random) }
    let cuts = Set((0..<25).map { _ in Int.random(in: 0..<Self.commitCount, using: &random) })
    let interruptions = Counter()

    let _: Ledger.Region = try await writer.call(
      "/guoban.v1.RegionService/CreateRegion",
      Ledger.CreateRegionRequest(region: Ledger.Region(code: "410928", name: "濮阳县", kind: .county)))
    let last = UInt64(3 + sizes.reduce(0, +))
    let watching = Task {
      var commits: [LedgerCommit] = []
      let watch = reader.watch(WatchQuery(afterRevision: 0)) { _, _ in interruptions.add() }
      for try await commit in watch {
        commits.append(commit)
        if commit.revision >= last { break }
      }
      return commits
    }
    for (number, size) in sizes.enumerated() {
      if number == Self.commitCount / 2 {
        try await daemon.stop(SIGKILL)
        daemon = try await DaemonProcess(folder)
      }
      let projects = (0..<size).map {
        Ledger.Project(code: "W-\(number)-\($0)", name: "项目", region: "410928", tier: .county)
      }
      let _: Ledger.BatchUpsertResponse = try await writer.call(
        "/guoban.v1.ProjectService/BatchUpsertProjects",
        Ledger.BatchUpsertProjectsRequest(projects: projects, requestId: "watch-\(number)"))
      if cuts.contains(number) { proxy.cut() }
    }
    let commits = try await watching.value
    // Before them, the daemon wrote down which keys it has made.
    #expect(commits.flatMap(\.events).map(\.revision) == Array(3...last))
    #expect(commits.map(\.events.count) == [1] + sizes)
    for commit in commits { #expect(commit.events.allSatisfy { $0.commitRevision == commit.revision }) }
    #expect(interruptions.value > 1)
    print("watch: \(commits.count) commits through \(interruptions.value) interruptions")
    await reader.shutdown()
    await writer.shutdown()
    try await proxy.stop()
    try await daemon.stop()
  }

  @Test func aWatchFromTheFutureEndsWithItsReasonAndACancelledTaskEndsIt() async throws {
    let daemon = try await DaemonProcess(try TemporaryFolder())
    let client = GuobanClient(to: daemon.endpoint, name: "reader", configuration: patient)
    let status = await #expect(throws: Status.self) {
      for try await _ in client.watch(WatchQuery(afterRevision: 1_000_000)) {}
    }
    #expect(status?.code == .outOfRange)
    let watching = Task { for try await _ in client.watch(WatchQuery()) {} }
    try await Task.sleep(for: .milliseconds(100))
    watching.cancel()
    let cancelled = await #expect(throws: Status.self) { try await watching.value }
    #expect(cancelled?.code == .cancelled)
    await client.shutdown()
    try await daemon.stop()
  }

  private var patient: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.attemptsMax = 50
    configuration.retryTokensMax = 1000
    configuration.connectBackoff = Backoff(first: .milliseconds(10), longest: .milliseconds(100))
    configuration.retryBackoff = configuration.connectBackoff
    return configuration
  }
}
