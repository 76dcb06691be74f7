public import GuobanMessages
public import GuobanModel
public import GuobanStorage

/// Brings in passes that have their numbers already: those of another system, or of before this one. What is issued later
/// goes on after the highest.
public struct PassHistory: Sendable {
  /// Refuses to bring a pass back to life, or to make another's of it: what happened once stays.
  public static func check(_ passes: [any LedgerRecord], _ writer: any LedgerWriter) throws {
    var violations: [RecordViolation] = []
    for (index, record) in passes.enumerated() {
      guard let new = record as? Ledger.Pass, let bytes = try writer.record("Pass", new.number) else { continue }
      let old = try Ledger.Pass(packed: bytes, limits: .standard)
      let isAllowed = PassLife.allows(change: try PassDates(old).state, to: try PassDates(new).state)
      if !isAllowed || old.plate != new.plate {
        violations.append(
          RecordViolation(
            field: "passes[\(index)]." + (isAllowed ? "plate" : "state"), value: new.number, rule: "ALREADY_ISSUED",
            message: isAllowed
              ? "这个号码已发给 \(old.plate)，不能改成 \(new.plate)" : "这张证已\(old.state == .revoked ? "吊销" : "被取代")，不能再改为有效"))
      }
    }
    guard violations.isEmpty else { throw LedgerError.invalid(violations) }
  }
}
