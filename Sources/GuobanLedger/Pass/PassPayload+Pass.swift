public import GuobanMessages
public import GuobanModel

extension PassPayload {
  /// What the QR code of a stored pass says.
  public init(_ pass: Ledger.Pass) throws(LedgerError) {
    do throws(RuleViolation) {
      self.init(
        number: try PassNumber(pass.number), kind: UInt8(clamping: pass.kind.rawValue), plate: try Plate(pass.plate),
        plateColor: UInt8(clamping: pass.plateColor.rawValue), validFrom: try CivilDate(pass.validFrom),
        validUntil: try CivilDate(pass.validUntil), origin: pass.origin, destination: pass.destination,
        conditions: pass.conditions.reduce(0) { $0 | 1 << UInt8(clamping: ($1.rawValue - 1) & 7) },
        loadKg: UInt32(clamping: pass.loadKg), goods: pass.goods)
    } catch {
      throw LedgerError(
        .precondition, reason: error.rule, "通行证 \(pass.number) 做不成二维码：\(error.message)",
        "no code can be made of pass \(pass.number): \(error.englishMessage)")
    }
  }
}
