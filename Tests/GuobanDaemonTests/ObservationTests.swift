import GuobanStorage
import Testing

@testable import GuobanDaemon

struct ObservationTests {
  @Test func readinessSaysWhichCheckFails() {
    func failing(
      fault: StorageError? = nil, isServing: Bool = true, free: UInt64? = 100, min: UInt64 = 100
    ) -> [String] {
      let readiness = Readiness(fault: fault, isServing: isServing, diskFreeBytes: free, diskFreeBytesMin: min)
      #expect(readiness.isReady == readiness.checks.allSatisfy { $0.problem == nil })
      #expect(readiness.text.split(separator: "\n").count == 4)
      return readiness.checks.filter { $0.problem != nil }.map(\.name)
    }
    #expect(failing() == [])
    #expect(failing(fault: StorageError(.io, "the disk")) == ["writer"])
    #expect(failing(fault: StorageError(.closed, "closed")) == ["ledger", "writer"])
    #expect(failing(isServing: false) == ["serving"])
    #expect(failing(free: 99) == ["disk"])
    #expect(failing(free: nil) == ["disk"])
    #expect(failing(free: 0, min: 0) == [])
  }

  @Test func aRateHoldsLinesBackAndSaysHowMany() {
    var rate = LogRate(linesPerMinuteMax: 2)
    let admitted = [0, 1, 2, 59, 60, 61, 62, 180].map { rate.admit(epochSeconds: $0) }
    #expect(admitted == [0, 0, nil, nil, 2, 0, nil, 1])
  }

  @Test func theProcessIsSeenAsItIs() {
    let figures = ProcessFigures(listingFiles: true)
    #expect(figures.residentBytes > 1 << 20 && figures.virtualBytes > figures.residentBytes)
    #expect(figures.threads >= 1 && figures.openFiles >= 3 && figures.openFilesMax >= figures.openFiles)
    #expect(Readiness.freeBytes(in: "/nonexistent") == nil && Readiness.freeBytes(in: "/tmp") != nil)
  }
}
