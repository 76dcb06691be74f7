import Foundation
import GuobanTestSupport
import Testing

@testable import GuobanArchive

@Test func aLockEndsWithItsValueEvenWhereAChildStillHasTheFile() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/.lock"
  func lockAndCopy() throws -> Int32 {
    let file = try DiskFile(locking: path)
    defer { _ = file.path }
    let isLocked = file.tryLock()
    #expect(isLocked)
    // What a child has that is being started just then.
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let mine = try #require(
      names.compactMap(Int32.init).first {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
      })
    return dup(mine)
  }
  let copy = try lockAndCopy()
  #expect(copy >= 0)
  let next = try DiskFile(locking: path)
  let isLocked = next.tryLock()
  #expect(isLocked)
  close(copy)
}
