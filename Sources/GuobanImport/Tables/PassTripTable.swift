internal import GuobanMessages
internal import GuobanModel

extension RecordTable<Ledger.PassTrip> {
  /// What a checkpoint wrote down while it was offline, or another system kept.
  static let passTrips = RecordTable(
    stem: "pass_trips", title: "通行记录",
    columns: [
      .code("pass", \.pass, PassNumber.self, "通行证号", "证号").required,
      .code("plate", \.plate, Plate.self, "车牌号", "号牌").required,
      .moment("time", \.moment, "通行时间", "时间").required,
      .text("place", \.place, "卡口", "地点"),
      .code("region", \.region, RegionIdentifier.self, "卡口区划", "区划"),
      .weight("load_kg", \.loadKg, "载重"),
      .integer("sequence", \.sequence, "次序").noted("空着即可，由系统编号；同一时间、同一卡口的不会重复登记"),
      .list("tags", \.tags, "标签"), .labels(\.labels),
    ],
    empty: { Ledger.PassTrip() },
    key: { trip in
      trip.sequence == 0 ? "\(trip.pass) \(trip.moment?.typed ?? "") \(trip.place)" : "\(trip.pass)/\(trip.sequence)"
    })
}

extension Ledger.PassTrip {
  /// The time, and with it the date.
  fileprivate var moment: Google.Timestamp? {
    get { time }
    set {
      time = newValue
      date = newValue.flatMap { try? CivilDate(epochSeconds: $0.seconds, in: .shanghai).text } ?? ""
    }
  }
}
