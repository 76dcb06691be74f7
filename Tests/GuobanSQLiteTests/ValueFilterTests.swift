import GuobanStorage
import GuobanTestSupport
import Testing

@testable import GuobanSQLite

struct ValueFilterTests {
  /// Over several sizes: it grows as it fills.
  @Test(arguments: [1, 1000, 262_144, 1_000_000])
  func itHasEverythingAndFewOthers(count: Int) {
    var filter = ValueFilter()
    #expect(!filter.mayHold(TextKey("湘A00000")))
    for number in 0..<count { filter.insert(TextKey("湘A\(number)")) }
    // Again: that takes no room.
    for number in 0..<count { filter.insert(TextKey("湘A\(number)")) }
    let lost = (0..<count).count { !filter.mayHold(TextKey("湘A\($0)")) }
    #expect(lost == 0)
    let taken = (0..<100_000).count { filter.mayHold(TextKey("湘B\($0)")) }
    #expect(taken < 4_000, "\(taken) of 100,000 others are taken for one of \(count)")
  }

  /// Bytes, not what looks the same.
  @Test func textsAreToldApartByTheirBytes() {
    var filter = ValueFilter()
    filter.insert(TextKey("é"))
    #expect(filter.mayHold(TextKey("é")) && !filter.mayHold(TextKey("e\u{301}")))
  }
}
