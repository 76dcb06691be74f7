internal import GuobanModel
internal import GuobanTestSupport
import Testing

struct RankingTests {
  struct Unit: Equatable {
    let code: String
    let value: Fraction?
    var group = ""
  }

  /// Listed out of order; 02 and 03 are equal as fractions though written differently.
  static func units() throws -> [Unit] {
    [
      Unit(code: "410904", value: try Fraction(1, over: 4)), Unit(code: "410903", value: try Fraction(50, over: 100)),
      Unit(code: "410905", value: nil), Unit(code: "410902", value: try Fraction(1, over: 2)),
      Unit(code: "410901", value: try Fraction(3, over: 4)),
    ]
  }

  @Test(arguments: [
    (TieRule.standard, ["1", "2", "2", "4", "-"]), (.dense, ["1", "2", "2", "3", "-"]),
    (.modified, ["1", "3", "3", "4", "-"]), (.ordinal, ["1", "2", "3", "4", "-"]),
    (.fractional, ["1", "5/2", "5/2", "4", "-"]),
  ])
  func tieRules(rule: TieRule, ranks: [String]) throws {
    let ranked = rank(try Self.units(), by: \.value, regionCode: \.code, better: .higher, tieRule: rule)
    #expect(ranked.map(\.item.code) == ["410901", "410902", "410903", "410904", "410905"])
    #expect(ranked.map { $0.rank?.description ?? "-" } == ranks)
  }

  @Test func lowerIsBetterAndUnitsWithoutAFigureStayLast() throws {
    let ranked = rank(try Self.units(), by: \.value, regionCode: \.code, better: .lower, tieRule: .standard)
    #expect(ranked.map(\.item.code) == ["410904", "410902", "410903", "410901", "410905"])
    #expect(ranked.map { $0.rank?.description ?? "-" } == ["1", "2", "2", "4", "-"])
  }

  @Test func differencesBelowPrintStillRank() throws {
    let close = [
      Unit(code: "410901", value: try Fraction(4546, over: 10_000)),
      Unit(code: "410902", value: try Fraction(4_546_000_000_000_001, over: 10_000_000_000_000_000)),
    ]
    let ranked = rank(close, by: \.value, regionCode: \.code, better: .higher, tieRule: .standard)
    #expect(ranked.map(\.item.code) == ["410902", "410901"])
    #expect(ranked.map(\.rank) == [Fraction(1), Fraction(2)])
  }

  @Test func zonesRankApart() throws {
    let zone = Unit(code: "PY-JKQ", value: try Fraction(9, over: 10), group: "功能区")
    let groups = rankGroups(
      try Self.units() + [zone], by: \.value, regionCode: \.code, group: \.group, better: .higher, tieRule: .standard)
    #expect(groups.map(\.name) == ["", "功能区"])
    #expect(groups.map { $0.rows.first?.rank } == [Fraction(1), Fraction(1)])
    #expect(groups.map(\.rows.count) == [5, 1])
    let none: [Unit] = []
    #expect(rank(none, by: \.value, regionCode: \.code, better: .higher, tieRule: .dense).isEmpty)
  }

  /// Against the definition: a standard rank is one more than the number of better units, and so on.
  @Test func ranksMatchTheirDefinitionOnRandomLists() throws {
    var random = SeededGenerator("RankingTests")
    for _ in 0..<200 {
      let count = Int.random(in: 0...12, using: &random)
      let units = try (0..<count).map { index in
        let value = try Fraction(.random(in: 0...6, using: &random), over: .random(in: 1...4, using: &random))
        return Unit(code: "\(410_900 + index)", value: Int.random(in: 0..<5, using: &random) == 0 ? nil : value)
      }
      let values = units.compactMap(\.value)
      for rule in TieRule.allCases where rule != .ordinal {
        for row in rank(units.shuffled(using: &random), by: \.value, regionCode: \.code, better: .higher, tieRule: rule)
        {
          let expected: Fraction? = try row.value.map { value in
            let better = values.filter { $0 > value }
            let equal = values.count { $0 == value }
            return switch rule {
            case .standard, .ordinal: Fraction(Int64(better.count + 1))
            case .dense: Fraction(Int64(Set(better).count + 1))
            case .modified: Fraction(Int64(better.count + equal))
            case .fractional: try Fraction(Int64(2 * better.count + equal + 1), over: 2)
            }
          }
          #expect(row.rank == expected, "seed \(random.seed)")
        }
      }
    }
  }

  @Test func rankChangeNeedsTheSameBasis() throws {
    let basis = RankBasis(methodVersion: "1", units: ["410922", "410923"])
    let cases: [(Fraction?, Fraction?, RankChange)] = [
      (Fraction(3), Fraction(1), .up(Fraction(2))), (Fraction(1), Fraction(2), .down(Fraction(1))),
      (Fraction(1), Fraction(1), .unchanged),
      (try Fraction(5, over: 2), Fraction(2), .up(try Fraction(1, over: 2))), (nil, Fraction(1), .new),
      (Fraction(1), nil, .unranked),
      (nil, nil, .unranked),
    ]
    for (before, now, change) in cases {
      #expect(RankChange(from: before, on: basis, to: now, on: basis) == change)
    }
    for other in [
      RankBasis(methodVersion: "2", units: basis.units), RankBasis(methodVersion: "1", units: ["410922"]),
    ] {
      #expect(RankChange(from: Fraction(1), on: other, to: Fraction(1), on: basis) == .notComparable)
    }
  }
}
