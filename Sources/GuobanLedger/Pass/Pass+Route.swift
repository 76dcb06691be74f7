public import GuobanMessages
public import GuobanStorage

/// One vehicle, one pass, one route (一车一证一线路).
extension Ledger.Pass {
  /// A new pass cancels the old one when it is issued here. One that comes with its number says itself what became of
  /// it, and of two that are good on the same day the ledger cannot know which.
  public func conflicts(in reader: any LedgerReader, path: String) throws -> [RecordViolation] {
    guard state == .issued, let other = try overlapping(in: reader) else { return [] }
    return [
      RecordViolation(
        field: path + "plate", value: plate, rule: "ROUTE_TAKEN",
        "\(plate) 从 \(origin) 到 \(destination) 已有 \(other.validFrom) 至 \(other.validUntil) 有效的通行证 \(other.number)（一车一证一线路）；"
          + "请核对：哪一张已不再用，就吊销它，或在文件里把它的状态写成“已被替换”",
        "\(plate) from \(origin) to \(destination) has the pass \(other.number), valid from \(other.validFrom) to \(other.validUntil) "
          + "(one vehicle, one pass, one route); please check: revoke the one that is no longer used, or write its state as 已被替换 (replaced) in the file"
      )
    ]
  }

  /// The passes of this vehicle on this route that are neither revoked nor replaced.
  static func issued(likeThis pass: Self) -> Filter {
    .and([
      .compare(column: "plate", .equal, .text(pass.plate)), .compare(column: "origin", .equal, .text(pass.origin)),
      .compare(column: "destination", .equal, .text(pass.destination)),
      .compare(column: "state", .equal, .text(Ledger.PassState.issued.name)),
    ])
  }

  /// Another of them that is good on a day on which this one is.
  private func overlapping(in reader: any LedgerReader) throws -> Self? {
    guard try reader.mayHave(plate, in: "plate", of: Self.schema.name) else { return nil }
    let filter = Filter.and([
      Self.issued(likeThis: self), .compare(column: "valid_until", .greaterOrEqual, .text(validFrom)),
      .compare(column: "valid_from", .lessOrEqual, .text(validUntil)),
    ])
    // This one may be among them.
    let found = try reader.list(ListQuery(type: Self.schema.name, filter: filter, afterKey: nil, limit: 2))
    return try found.first { $0.key != number }.map { try Self(packed: $0.bytes, limits: .standard) }
  }
}
