import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import Testing

/// A project's stage taken back, and what that means for the 三个一批 lists that it is on.
struct ProjectCorrectionTests {
  private let ledger: TimedLedger

  /// A project on all three lists that went all the way, and another beside it.
  init() throws {
    ledger = try TimedLedger()
    ledger.today = 300
    try ledger.upsert(Sample.regions)
    try ledger.upsert(["P-1", "P-2"].map { Sample.project($0, "410928") })
    try ledger.upsert(
      ["P-1", "P-2"].flatMap { code in
        [Ledger.BatchKind.signing, .starting, .production].map {
          Ledger.BatchEntry(project: code, period: "第七期", batch: $0)
        }
      })
    for code in ["P-1", "P-2"] {
      try advance(code, .started, "2026-01-10")
      try advance(code, .inProduction, "2026-03-01")
      try advance(code, .atCapacity, "2026-06-01")
    }
  }

  private func advance(_ code: String, _ stage: Ledger.ProjectStage, _ date: String, recognised: String = "") throws {
    let advance = try ProjectAdvance(
      Ledger.AdvanceProjectRequest(code: code, stage: stage, date: date, recognised: recognised),
      today: CivilDate("2026-10-01"))
    try ledger.write { _ = try advance.run($0) }
  }

  /// Writes the project with another stage and other dates.
  @discardableResult
  private func correct(
    _ stage: Ledger.ProjectStage = .unspecified, _ milestones: Ledger.Milestones? = nil, reason: String = "录入有误"
  ) throws -> WriteOutcome {
    var project = Sample.project("P-1", "410928")
    (project.stage, project.milestones, project.correctionReason) = (stage, milestones, reason)
    return try ledger.upsert([project], actor: "王")
  }

  private func put(_ batch: Ledger.BatchKind, next: String, left: String = "") throws {
    try ledger.upsert([
      Ledger.BatchEntry(project: "P-1", period: "第七期", batch: batch, nextStage: next, left: left)
    ])
  }

  /// Of P-1: signing, starting, production.
  private func entries() throws -> [String] {
    try [Ledger.BatchKind.signing, .starting, .production].map { batch in
      let bytes = try ledger.store.read { try $0.record("BatchEntry", "P-1/第七期/\(batch.name)") }
      let entry = try Ledger.BatchEntry(packed: bytes ?? [], limits: .standard)
      return entry.left.isEmpty ? entry.nextStage : "\(entry.nextStage) \(entry.left)"
    }
  }

  private func reached() throws -> [Int64] {
    let day = try CivilDate("2026-10-01")
    return try ledger.store.read { reader in
      try BatchTally(reader, filter: nil, on: day).response(byRegion: false, byPeriod: false, revision: 0)
        .totals.map(\.reached)
    }
  }

  /// Each within its bounds, all of them beyond 64 bits.
  @Test func aSumThatNoNumberHoldsIsRefused() throws {
    var large = Sample.project("P-3", "410928")
    large.totalInvestmentFen = 1_000_000_000_000_000
    try ledger.upsert([large])
    try ledger.upsert((0..<9300).map { Ledger.BatchEntry(project: "P-3", period: "第 \($0) 期", batch: .signing) })
    let error = #expect(throws: StorageError.self) { try reached() }
    #expect(error?.code == .tooLarge)
    // A table may list a project more often than anybody would.
    let date = "2026-02-01"
    try advance("P-3", .started, date)
    let marked = try ledger.store.read { reader in
      try reader.group(
        GroupQuery(
          source: "BatchEntry", filter: .compare(column: "next_stage", .equal, .text(date)), groupBy: [],
          measures: [.count], rowsMax: 1))
    }
    #expect(marked.columns == [[.integer(9300)]])
  }

  @Test func aProjectWhoseCorrectionsMustStayIsNotDeleted() throws {
    try correct(.started)
    let error = #expect(throws: LedgerError.self) {
      try ledger.write { try $0.delete(Ledger.Project.self, key: "P-1", etag: "", schemas: RecordCatalog.schemas) }
    }
    #expect(error?.reason == "HAS_CORRECTIONS")
  }

  @Test func aStageThatIsTakenBackIsReachedOnNoList() throws {
    #expect(try reached() == [2, 2, 2])
    let outcome = try correct(.started)
    #expect(try entries() == ["2026-01-10", "", ""])
    #expect(try reached() == [2, 1, 1])
    // One commit, the project first; whoever corrected it is whom the log names of the entries too.
    #expect(outcome.changes.map(\.key) == ["P-1", "P-1/第七期/PRODUCTION", "P-1/第七期/STARTING"])
    #expect(outcome.changes.allSatisfy { $0.actor == "王" && $0.commitRevision == outcome.revision })
    let report = try ledger.verify()
    #expect(report.intact, "\(report.faults)")
    // It goes on from there, and the lists with it.
    try advance("P-1", .inProduction, "2026-05-01")
    #expect(try entries() == ["2026-01-10", "2026-05-01", ""])
  }

  @Test func whoIsNotAtCapacityHasNotLeftTheLists() throws {
    try advance("P-1", .atCapacity, "", recognised: "2026-07-01")
    #expect(try reached() == [1, 1, 1])
    try correct(.inProduction)
    #expect(try entries() == ["2026-01-10", "2026-03-01", ""])
    #expect(try reached() == [2, 2, 1])
  }

  /// Another date of the same stage, on a list that was brought in: it is not reached either.
  @Test func whatWasBroughtInIsTakenBackToo() throws {
    try put(.starting, next: "2026-02-20")
    try correct(.started)
    #expect(try entries()[1].isEmpty)
  }

  /// A stage without its date is one as well.
  @Test func aStageThatHadNoDateIsTakenBack() throws {
    var project = Sample.project("P-9", "410928")
    project.stage = .atCapacity
    try ledger.upsert([project])
    try ledger.upsert([
      Ledger.BatchEntry(project: "P-9", period: "第七期", batch: .production, nextStage: "2026-06-01", left: "2026-07-01")
    ])
    (project.stage, project.correctionReason) = (.inProduction, "未达效")
    try ledger.upsert([project])
    let bytes = try ledger.store.read { try $0.record("BatchEntry", "P-9/第七期/PRODUCTION") }
    let entry = try Ledger.BatchEntry(packed: bytes ?? [], limits: .standard)
    #expect(entry.nextStage.isEmpty && entry.left.isEmpty)
  }

  /// The table still has the date of what is taken back: it is noted again, and reached on no list before the project is
  /// there.
  @Test func aDateThatIsOnlyNotedIsNotReached() throws {
    try correct(.started, Ledger.Milestones(inProduction: "2026-03-01"))
    #expect(try entries() == ["2026-01-10", "", ""])
    try advance("P-1", .completed, "2026-02-01")
    #expect(try entries() == ["2026-01-10", "", ""])
    try advance("P-1", .inProduction, "2026-03-01")
    #expect(try entries() == ["2026-01-10", "2026-03-01", ""])
    // Noted only, and then not even that.
    try correct(.started, Ledger.Milestones(inProduction: "2026-03-01"))
    try put(.starting, next: "2026-03-01")
    try correct(.signed)
    #expect(try entries() == ["", "", ""])
  }

  /// A mask that names the stage alone says nothing of the dates, whatever the record that it came with has of them.
  @Test func aMaskOfTheStageAloneTakesItsDateBackToo() throws {
    func update(_ mask: [String], _ stage: Ledger.ProjectStage, _ milestones: Ledger.Milestones?) throws
      -> Ledger.Project
    {
      var project = Sample.project("P-1", "410928")
      (project.stage, project.milestones, project.correctionReason) = (stage, milestones, "尚未达效")
      try ledger.write { [project] in
        _ = try $0.update(project, mask: mask + ["correction_reason"], etag: "", path: "project")
      }
      let bytes = try ledger.store.read { try $0.record("Project", "P-1") }
      return try Ledger.Project(packed: bytes ?? [], limits: .standard)
    }
    let whole = Ledger.Milestones(started: "2026-01-10", inProduction: "2026-03-01", atCapacity: "2026-06-01")
    var now = try update(["stage"], .inProduction, whole)
    #expect(now.stage == .inProduction)
    #expect(now.milestones == Ledger.Milestones(started: "2026-01-10", inProduction: "2026-03-01"))
    #expect(now.corrections.map(\.oldMilestones) == [whole] && now.corrections.map(\.reason) == ["尚未达效"])
    #expect(try entries() == ["2026-01-10", "2026-03-01", ""])
    // Nothing is taken back: what is stored stays, and a given date is not said either.
    for mask in [["stage"], ["leader"], ["stage", "leader"]] {
      now = try update(mask, .inProduction, Ledger.Milestones(started: "2026-01-11"))
      #expect(now.milestones == Ledger.Milestones(started: "2026-01-10", inProduction: "2026-03-01"), "\(mask)")
    }
    try advance("P-1", .atCapacity, "2026-08-01")
    // Both are named: a date that is said is noted.
    now = try update(["stage", "milestones"], .started, Ledger.Milestones(inProduction: "2026-04-01"))
    #expect(now.stage == .started)
    #expect(now.milestones == Ledger.Milestones(started: "2026-01-10", inProduction: "2026-04-01"))
    now = try update(["stage"], .signed, nil)
    #expect(now.stage == .signed && now.milestones == nil && now.corrections.count == 3)
    #expect(try entries() == ["", "", ""])
  }

  @Test func aDateThatMovesTakesThoseAlongThatWereIts() throws {
    try put(.starting, next: "2026-02-20")
    try correct(.unspecified, Ledger.Milestones(started: "2026-01-12", inProduction: "2026-03-02"))
    #expect(try entries() == ["2026-01-12", "2026-02-20", "2026-06-01"])
  }

  @Test func aDateCannotMoveToAfterTheProjectLeftTheLists() throws {
    try advance("P-1", .atCapacity, "", recognised: "2026-07-01")
    let before = try ledger.head
    let error = #expect(throws: LedgerError.self) {
      try correct(.unspecified, Ledger.Milestones(atCapacity: "2026-07-02"))
    }
    let violation = try #require(error?.violations.first)
    #expect(violation.field == "records[0].milestones.at_capacity" && violation.rule == "OUT_OF_ORDER")
    #expect(violation.message.contains("P-1/第七期/PRODUCTION") && violation.message.contains("2026-07-01"))
    #expect(try ledger.head == before)
    try correct(.unspecified, Ledger.Milestones(atCapacity: "2026-07-01"))
    #expect(try entries()[2] == "2026-07-01 2026-07-01")
  }

  /// Nothing is said about stages, or they go on: the lists are the clerk's.
  @Test func whatIsNoCorrectionLeavesTheListsAlone() throws {
    try put(.signing, next: "")
    #expect(try correct().changes.isEmpty)
    try correct(.unspecified, Ledger.Milestones(signed: "2025-12-01", completed: "2026-06-02"))
    #expect(try entries() == ["", "2026-03-01", "2026-06-01"])
  }
}
