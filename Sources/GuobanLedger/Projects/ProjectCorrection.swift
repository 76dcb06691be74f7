internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage

extension Ledger.Project {
  /// Holds a new version to ``ProjectProgression``: it goes on, or says why it goes back. What it says nothing of stays: a
  /// table of plans without the stages takes none away. A correction keeps what the project was, why, when and by whom it
  /// changed.
  mutating func correct(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    let reason = correctionReason
    correctionReason = ""
    // Of a project that is new here its file may tell what was corrected: it comes from another ledger.
    guard let old else { return }
    corrections = old.corrections
    try keepProgression(of: old, path: path)
    do throws(RuleViolation) {
      guard try ProjectProgression(old).isCorrected(by: ProjectProgression(self), reason: reason) else { return }
    } catch {
      throw LedgerError(
        .precondition, reason: error.rule, "项目 \(code)：\(error.message)", "project \(code): \(error.englishMessage)")
    }
    guard corrections.count < RecordChecks.Limit.correctionsMax else {
      throw LedgerError(
        .exhausted, reason: "TOO_MANY_CORRECTIONS", "项目 \(code) 的阶段已更正 \(corrections.count) 次，不能再改；请核对数据来源",
        "the stages of project \(code) have been corrected \(corrections.count) times and cannot be corrected again; please check where the data come from"
      )
    }
    corrections.append(
      Ledger.StageCorrection(
        oldStage: old.stage, oldMilestones: old.milestones, reason: reason, time: writer.time, actor: writer.actor))
  }

  /// What was corrected here is corrected on the 三个一批 lists, in the same write.
  func correctBatchEntries(after old: Self, in writer: any LedgerWriter, path: String) throws {
    guard let correction = BatchCorrection(from: ProjectProgression(old), to: ProjectProgression(self)) else { return }
    _ = try writer.changeBatchEntries(of: code) { try correction.correct(&$0, path: path) }
  }

  private mutating func keepProgression(of old: Self, path: String) throws {
    var progression = ProjectProgression(self)
    progression.fillIn(from: ProjectProgression(old))
    guard progression != ProjectProgression(self) else { return }
    progression.show(in: &self)
    var checks = RecordChecks(path: path)
    checkMilestones(&checks)
    guard checks.violations.isEmpty else { throw LedgerError.invalid(checks.violations) }
  }
}
