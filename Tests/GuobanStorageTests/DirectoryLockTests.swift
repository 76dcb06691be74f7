import Foundation
import GuobanStorage
import Testing

@Test func secondLockIsRefusedNamingTheFirst() throws {
  let directory = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID())").path
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  var first: DirectoryLock? = try DirectoryLock(directory: directory)
  let error = try #require(throws: StorageError.self) { try DirectoryLock(directory: directory) }
  #expect(error.code == .locked)
  #expect(error.message.contains("process \(getpid())"))
  #expect(first != nil)
  first = nil
  _ = try DirectoryLock(directory: directory)
}

@Test func lockIsGivenUpThoughAChildStillHoldsACopy() throws {
  let directory = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID())").path
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  var lock: DirectoryLock? = try DirectoryLock(directory: directory)
  #expect(lock != nil)
  // A copy of the descriptor stands for the child between its fork and its exec.
  let copies = (3..<256).filter { descriptor in
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
    return count > 0
      && String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) == directory + "/lock"
  }.map { dup(Int32($0)) }
  defer { for copy in copies { close(copy) } }
  #expect(copies.count == 1)
  lock = nil
  _ = try DirectoryLock(directory: directory)
}

@Test func missingDirectoryIsAnError() throws {
  let error = try #require(throws: StorageError.self) { try DirectoryLock(directory: "/nonexistent/here") }
  #expect(error.code == .io)
  #expect(error.message.contains("/nonexistent/here/lock"))
}

@Test func newerLayoutIsRefusedNamingBothVersions() throws {
  let all = (1...3).map { Migration(number: $0, name: "step", statements: []) }
  #expect(try Migration.pending(in: all, from: 0).map(\.number) == [1, 2, 3])
  #expect(try Migration.pending(in: all, from: 2).map(\.number) == [3])
  #expect(try Migration.pending(in: all, from: 3).isEmpty)
  let error = try #require(throws: StorageError.self) { try Migration.pending(in: all, from: 4) }
  #expect(error.code == .newerSchema)
  #expect(error.message.contains("version 4") && error.message.contains("up to 3"))
}
