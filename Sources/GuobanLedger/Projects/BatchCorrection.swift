internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage

/// What the 三个一批 lists have to follow when a project is corrected. They say when it went on: a stage that it has not
/// reached after all it has reached on no list, whoever entered it there, or the rates would count what never happened.
struct BatchCorrection {
  private static let stages: [ProjectStage] = [.started, .inProduction, .atCapacity]

  /// Stages that the project has not reached after all.
  private var undone: Set<ProjectStage> = []
  /// Of the others, those whose date is another.
  private var moved: [ProjectStage: (from: CivilDate, to: CivilDate)] = [:]

  /// Nil when the lists have nothing to follow.
  init?(from before: ProjectProgression, to now: ProjectProgression) {
    for stage in Self.stages {
      let (was, date) = (before.dates[stage], now.dates[stage])
      if !now.hasReached(stage), before.hasReached(stage) || was != nil && date == nil {
        undone.insert(stage)
      } else if let was, let date, date != was {
        moved[stage] = (was, date)
      }
    }
    if undone.isEmpty, moved.isEmpty { return nil }
  }

  /// Takes back what the project did not reach, and moves a date that was the project's. A date of its own stays.
  ///
  /// - Parameter path: goes before the names of the project's fields.
  func correct(_ entry: inout Ledger.BatchEntry, path: String) throws {
    if undone.contains(.atCapacity) { entry.left = "" }
    guard let next = ProjectStage(after: entry.batch) else { return }
    if undone.contains(next) { entry.nextStage = "" }
    guard let (was, date) = moved[next], entry.nextStage == was.text else { return }
    entry.nextStage = date.text
    guard entry.left.isEmpty || date.text <= entry.left else {
      throw LedgerError.invalid([
        RecordViolation(
          field: "\(path)milestones.\(next.rawValue.lowercased())", value: date.text, rule: "OUT_OF_ORDER",
          "晚于三个一批“\(entry.key)”的达效调出日期 \(entry.left)，请核对；调出日期有误的，先更正那一条",
          "is after \(entry.left), when the batch entry “\(entry.key)” left for being at capacity; please check, and where that date is wrong correct that entry first"
        )
      ])
    }
  }
}
