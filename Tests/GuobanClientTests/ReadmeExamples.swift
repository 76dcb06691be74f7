import Foundation
import GuobanClient
import GuobanMessages
import GuobanWire
import Testing

/// The examples of Sources/GuobanClient/README.md, so that the compiler reads them too.
private enum ReadmeExamples {
  static func begin() async throws {
    let client = try await GuobanClient.connect(to: .unix(path: "/run/guoban/guoban.sock"), name: "scanner/1.0")
    let answer: Ledger.VerifyPassResponse = try await client.call(
      "/guoban.v1.PassService/VerifyPass", Ledger.VerifyPassRequest(plate: "豫J12345"), timeout: .seconds(2))
    print(answer.verdict == .valid, answer.reason)
    await client.shutdown()
  }

  static func secure(token: String) async throws {
    var configuration = ClientConfiguration()
    configuration.tls.caFile = "/etc/guoban/ca.pem"
    configuration.connectionsMax = 2
    let daemon = Endpoint.tls(host: "ledger.example.cn", port: 7614)
    let client = GuobanClient(to: daemon, token: token, name: "dashboard/2.1", configuration: configuration)
    try await client.ready()
  }

  static func failure(_ client: GuobanClient, _ request: Ledger.GetRecordRequest) async throws {
    do throws(Status) {
      let _: Ledger.Project = try await client.call("/guoban.v1.ProjectService/GetProject", request)
    } catch {
      switch error.code {
      case .notFound: print("no such project")
      case .invalidArgument: print(error.violations(limits: .standard).map(\.field))
      default: throw error
      }
    }
  }

  static func write(_ client: GuobanClient, _ projects: [Ledger.Project]) async throws -> Ledger.BatchUpsertResponse {
    let request = Ledger.BatchUpsertProjectsRequest(projects: projects, requestId: "import-2024-07-01")
    let answer: Ledger.BatchUpsertResponse = try await client.call(
      "/guoban.v1.ProjectService/BatchUpsertProjects", request, timeout: .seconds(30))
    return answer
  }

  static func export(_ client: GuobanClient) async throws -> Int {
    var count = 0
    let export: AsyncThrowingMapSequence<ServerStream, Ledger.ExportResponse> = try client.stream(
      "/guoban.v1.LedgerService/Export", Ledger.ExportRequest(recordType: "Project"))
    for try await answer in export { count += answer.records.count }
    return count
  }

  static func upload(_ client: GuobanClient, _ method: String, _ messages: [[UInt8]]) async throws -> [UInt8] {
    let upload = try client.upload(method, timeout: .seconds(60))
    for message in messages { try await upload.send(message) }
    let answer = try await upload.finish()
    return answer
  }

  static func talk(_ client: GuobanClient, _ method: String, _ questions: [[UInt8]]) async throws -> [[UInt8]] {
    var answers: [[UInt8]] = []
    let talk = try client.bidirectional(method)
    for question in questions { try await talk.send(question) }
    talk.finishSending()
    for try await answer in talk.messages { answers.append(answer) }
    return answers
  }

  static func watch(_ client: GuobanClient, from revision: UInt64) async throws {
    var stored = revision
    let query = WatchQuery(afterRevision: stored, recordTypes: ["Pass"], regions: ["410928"])
    for try await commit in client.watch(query) {
      for event in commit.events { print(event.key, event.operation) }
      stored = commit.revision
    }
  }
}

struct ReadmeTests {
  @Test func everyExampleInTheReadmeIsCompiled() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let readme = try String(
      contentsOf: tests.appendingPathComponent("../../Sources/GuobanClient/README.md"), encoding: .utf8)
    let source = trimmed(try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8))
    let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count == 8)
    let missing = blocks.filter { !source.contains(trimmed($0)) }
    #expect(missing.isEmpty, "README.md has examples that are not here")
  }

  /// Lines without their indentation.
  private func trimmed(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
  }
}
