internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanWire

extension WatchFilter {
  /// What `request` asks for, as far as `principal` may see it. Names that mean nothing are refused: a watch for them
  /// would just be silent.
  init(
    _ request: Ledger.WatchRequest, principal: Principal, regions: RegionTree, _ limits: WatchLimits
  ) throws(Status) {
    var violations: [FieldViolation] = []
    for (field, count) in [
      ("record_types", request.recordTypes.count), ("regions", request.regions.count), ("keys", request.keys.count),
    ] where count > limits.filterEntriesMax {
      violations.append(
        FieldViolation(
          field: field, value: "\(count)", reason: "TOO_MANY", "最多 \(limits.filterEntriesMax) 个",
          "at most \(limits.filterEntriesMax)"))
    }
    // Not one violation for each of a million.
    guard violations.isEmpty else { throw Status.invalidArgument(violations: violations) }
    let allowed = WatchTypes.allowed(to: principal)
    var asked: UInt64 = 0
    for (index, name) in request.recordTypes.enumerated() {
      asked |= WatchTypes.bit(of: name)
      if WatchTypes.bit(of: name) & allowed == 0 { violations.append(Self.unknown("record_types[\(index)]", name)) }
    }
    for (index, name) in request.keys.enumerated() where WatchTypes.bit(of: name.recordType) & allowed == 0 {
      violations.append(Self.unknown("keys[\(index)].record_type", name.recordType))
    }
    for (index, code) in request.regions.enumerated() where !regions.contains(code) {
      violations.append(
        FieldViolation(
          field: "regions[\(index)]", value: code, reason: "UNKNOWN_REGION", "台账里没有这个区划",
          "the ledger has no such region"))
    }
    guard violations.isEmpty else { throw Status.invalidArgument(violations: violations) }
    self.init(
      types: request.recordTypes.isEmpty ? allowed : asked, regions: Set(request.regions),
      keys: Set(request.keys.map { WatchedName(type: $0.recordType, key: $0.key) }), scope: principal.region)
  }

  private static func unknown(_ field: String, _ type: String) -> FieldViolation {
    FieldViolation(
      field: field, value: type, reason: "UNKNOWN_TYPE", "没有这种记录，或无权查看；可用的有：\(WatchTypes.names)",
      "there is no such record type, or it may not be seen; there are: \(WatchTypes.names)")
  }
}
