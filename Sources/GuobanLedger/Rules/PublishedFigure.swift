internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage

/// A figure that is published preliminary, then final, and corrected only with a reason.
protocol PublishedFigure: LedgerRecord {
  var valueE6: Int64 { get set }
  var finality: Ledger.Finality { get set }
  var correctionReason: String { get set }
  var corrections: [Ledger.FigureCorrection] { get set }
}

extension Ledger.Observation: PublishedFigure {}
extension Ledger.Target: PublishedFigure {}

extension PublishedFigure {
  /// Holds a new version to ``Publication``. A correction keeps what the figure was, why, when and by whom it changed.
  mutating func publish(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    let reason = correctionReason
    correctionReason = ""
    // Of a figure that is new here its file may tell what was corrected: it comes from another ledger.
    guard let old else {
      guard !corrections.isEmpty, finality.model != .final else { return }
      throw LedgerError.invalid([
        RecordViolation(
          field: "\(path)corrections", value: "\(corrections.count)", rule: "NOT_FINAL", "只有最终数才有更正经过，初步数直接改",
          "only a final figure has corrections; change a preliminary one directly")
      ])
    }
    corrections = old.corrections
    let transition: Publication.Transition?
    do throws(RuleViolation) {
      transition = try Publication.transition(
        from: old.finality.model, to: finality.model, valueChanges: valueE6 != old.valueE6, reason: reason)
    } catch {
      let field = error.rule == "CORRECTION_REASON" ? "correction_reason" : "finality"
      throw LedgerError(
        .precondition, reason: error.rule, "\(key)：\(error.message)", "\(key): \(error.englishMessage)",
        violations: [
          RecordViolation(field: path + field, value: key, rule: error.rule, error.message, error.englishMessage)
        ])
    }
    guard transition?.step == .correct else { return }
    guard corrections.count < RecordChecks.Limit.correctionsMax else {
      throw LedgerError(
        .exhausted, reason: "TOO_MANY_CORRECTIONS", "\(key) 已更正 \(corrections.count) 次，不能再改；请核对数据来源",
        "\(key) has been corrected \(corrections.count) times and cannot be corrected again; please check where the data come from"
      )
    }
    corrections.append(
      Ledger.FigureCorrection(oldValueE6: old.valueE6, reason: reason, time: writer.time, actor: writer.actor))
  }

  /// A final figure is corrected, not taken away.
  func refuseFinal() throws {
    guard finality.model == .final else { return }
    throw LedgerError(
      .precondition, reason: "FIGURE_IS_FINAL", "\(key) 是最终数，不能删除；可以做的是更正：有权录入的人改数值并写明更正原因",
      "\(key) is final and cannot be deleted; it can be corrected: who may enter figures changes the value and says why"
    )
  }

  func checkFinality(_ checks: inout RecordChecks) {
    checks.choice("finality", finality, among: Ledger.Finality.allCases, required: false)
    checks.corrections(corrections.map { ($0.reason, $0.actor) }, reason: correctionReason)
  }
}

extension Ledger.Finality {
  /// What is not said is preliminary.
  var model: Finality { self == .final ? .final : .preliminary }
}
