public import GuobanMessages
public import GuobanStorage

extension Ledger.Ticket {
  /// A number of the daemon's own kind is its region's: whoever put one on a ticket of elsewhere would stand in the way of
  /// the region's next tickets, which it does not even see. A ticket that is moved keeps its number.
  public mutating func settle(after old: Self?, in writer: any LedgerWriter, path: String) throws {
    guard old == nil, let owner = TicketNumber(number)?.region, owner != region, try writer.has("Region", owner)
    else { return }
    var above = region
    for _ in 0..<RegionTree.depthMax {
      guard let bytes = try writer.record("Region", above) else { break }
      above = try Ledger.Region(packed: bytes, limits: .standard).parent
      if above == owner { return }
    }
    throw LedgerError.invalid([
      RecordViolation(
        field: path + "number", value: number, rule: "NUMBER_OF_ANOTHER_REGION",
        "编号 \(number) 是区划 \(owner) 的，这个问题属于 \(region)；登记新问题请留空，由系统编号",
        "the number \(number) is of region \(owner), this ticket belongs to \(region); leave it empty for a new ticket and it is numbered by itself"
      )
    ])
  }
}
