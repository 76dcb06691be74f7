import Foundation
import Testing

/// Every input that fuzzing has found worth keeping, through the same functions that are fuzzed.
@Suite(.timeLimit(.minutes(5)), .serialized) struct ReplayTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func theCorpusBreaksNoRule(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Corpus/\(name)").standardized
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(files.count > 10, "\(folder.path) should hold this target's corpus")
    for file in files {
      let input = try Array(Data(contentsOf: file))
      #expect(input.count <= target.inputBytesMax, "\(file.lastPathComponent)")
      #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(input) }
    }
    for (seed, input) in target.seeds() {
      #expect(throws: Never.self, "seed \(seed)") { try target.run(input) }
    }
  }
}
