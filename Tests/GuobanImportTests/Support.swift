import Foundation
import GuobanImport
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import Testing

func table(_ file: String) throws -> ImportTable {
  try #require(ImportTable.all.first { $0.file == file })
}

func read(_ file: String, _ text: String, limits: ImportLimits = .standard) throws -> ImportedFile {
  try table(file).read([file: Array(text.utf8)], limits: limits)
}

extension ImportedFile {
  func decoded<Record: Message>(_: Record.Type = Record.self) throws -> [Record] {
    try records.map { try Record(packed: $0.bytes, limits: .standard) }
  }

  /// `line column rule` of each problem.
  var found: [String] {
    problems.kept.map { "\($0.file):\($0.line) \($0.column) \($0.violation.rule)" }
  }
}

/// What a program outside this one answers.
func output(_ program: String, _ arguments: [String], input: [UInt8] = []) async throws -> [UInt8] {
  let run = try await ProgramRun(program, arguments, input: input)
  #expect(run.exitCode == 0, "\(run.complaint)")
  return run.output
}

let sampleFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../Sources/guobanctl/Sample").standardized

func sample(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: sampleFolder.appendingPathComponent(name)))
}

/// The tables that have a file in the sample.
let sampleTables = ImportTable.records.filter {
  FileManager.default.fileExists(atPath: sampleFolder.appendingPathComponent($0.file).path)
}
