import GuobanStorage
import Testing

private func write(_ key: String, _ bytes: [UInt8]?, _ revision: UInt64) -> RecordCache.Write {
  .init(type: "T", key: key, bytes: bytes, revision: revision)
}

@Test func commitsAndFillsAreFound() {
  let cache = RecordCache(bytesMax: 1 << 20)
  cache.commit([write("a", [1], 1)])
  cache.fill("T", "b", bytes: [2], revision: 1, view: 5)
  #expect(cache.bytes("T", "a") == [1])
  #expect(cache.bytes("T", "b") == [2])
  #expect(cache.bytes("U", "a") == nil)
  cache.commit([write("a", nil, 2)])
  #expect(cache.bytes("T", "a") == nil)
  #expect(cache.statistics.hits == 2)
  #expect(cache.statistics.misses == 2)
}

@Test func offersNeverReplaceWhatIsHere() {
  let cache = RecordCache(bytesMax: 1 << 20)
  cache.commit([write("a", [1], 1)])
  // A reader with an older view, and one that sees a commit which is shown in a moment.
  cache.fill("T", "a", bytes: [0], revision: 0, view: 0)
  cache.fill("T", "a", bytes: [2], revision: 2, view: 2)
  #expect(cache.bytes("T", "a") == [1])
  cache.commit([write("a", [2], 2)])
  #expect(cache.bytes("T", "a") == [2])
  // One that was created twice in a commit is there as it was last.
  cache.commit([write("b", [3], 3), write("b", [4], 4)])
  #expect(cache.bytes("T", "b") == [4])
}

@Test func nobodySeesAVersionFromTheMiddleOfACommit() async {
  let cache = RecordCache(bytesMax: 1 << 20)
  let versions = 50
  let reader = Task.detached {
    var seen: Set<Int> = []
    while !Task.isCancelled { if let bytes = cache.bytes("T", "a") { seen.insert(bytes.count) } }
    return seen
  }
  for round in 0..<2000 {
    let writes = (1...versions).map { write("a", [UInt8](repeating: 0, count: $0), UInt64(round * versions + $0)) }
    cache.commit(writes)
  }
  reader.cancel()
  #expect(await reader.value.isSubset(of: [versions]))
}

@Test func oldViewBringsNothingBackThatWasDeletedOrEvicted() {
  let cache = RecordCache(bytesMax: 32 * 1024)
  cache.commit([write("a", [1], 1)])
  cache.commit([write("a", nil, 7)])
  cache.fill("T", "a", bytes: [1], revision: 1, view: 6)
  #expect(cache.bytes("T", "a") == nil)

  cache.commit([write("b", [2], 100)])
  for number in 0..<1000 { cache.commit([write("x\(number)", [0], 101 + UInt64(number))]) }
  #expect(cache.bytes("T", "b") == nil)
  cache.fill("T", "b", bytes: [1], revision: 3, view: 99)
  #expect(cache.bytes("T", "b") == nil)
  cache.fill("T", "b", bytes: [2], revision: 100, view: 2000)
  #expect(cache.bytes("T", "b") == [2])
}

@Test func boundHoldsAndTheRecordInUseStays() {
  let bytesMax = 64 * 1024
  let cache = RecordCache(bytesMax: bytesMax)
  cache.commit([write("hot", [1], 1)])
  for number in 0..<5000 {
    cache.commit([write("cold \(number)", [UInt8](repeating: 0, count: 100), 2 + UInt64(number))])
    _ = cache.bytes("T", "hot")
    #expect(cache.statistics.bytes <= bytesMax)
  }
  #expect(cache.bytes("T", "hot") == [1])
  #expect(cache.statistics.records > 100)
}

@Test func whatWasWrittenLastStays() {
  let cache = RecordCache(bytesMax: 256 * 1024)
  for number in 0..<5000 { cache.commit([write("k\(number)", [0], 1 + UInt64(number))]) }
  let found = (4900..<5000).filter { cache.bytes("T", "k\($0)") != nil }
  #expect(found.count == 100)
}

@Test func largeRecordIsNotCachedAndNotLeftStale() {
  let cache = RecordCache(bytesMax: 64 * 1024)
  cache.commit([write("a", [1], 1)])
  cache.commit([write("a", [UInt8](repeating: 0, count: 4096), 2)])
  #expect(cache.bytes("T", "a") == nil)
  cache.fill("T", "a", bytes: [1], revision: 1, view: 1)
  #expect(cache.bytes("T", "a") == nil)
}

@Test func emptyCacheCachesNothing() {
  let cache = RecordCache(bytesMax: 0)
  cache.commit([write("a", [1], 1)])
  #expect(cache.bytes("T", "a") == nil)
}

@Test func keysThatSwiftCallsEqualAreTwoRecords() {
  let (composed, decomposed) = ("\u{e9}", "e\u{301}")
  #expect(composed == decomposed)
  let cache = RecordCache(bytesMax: 1 << 20)
  cache.commit([write(composed, [1], 1), write(decomposed, [2], 2)])
  #expect(cache.bytes("T", composed) == [1])
  #expect(cache.bytes("T", decomposed) == [2])
}
