import GuobanMessages
import GuobanTestSupport
import GuobanWire
import Testing

@Suite struct DescriptorPoolTests {
  private let pool: DescriptorPool

  init() throws {
    pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: 4 << 20)
  }

  @Test func methodsKnowTheirTypesAndStreams() throws {
    let verify = try #require(pool.method(named: "/guoban.v1.PassService/VerifyPass"))
    #expect(verify.input == "guoban.v1.VerifyPassRequest")
    #expect(verify.output == "guoban.v1.VerifyPassResponse")
    #expect(!verify.serverStreaming && !verify.clientStreaming)
    let export = try #require(pool.method(named: "/guoban.v1.LedgerService/Export"))
    #expect(export.serverStreaming && !export.clientStreaming)
    #expect(pool.method(named: "/grpc.health.v1.Health/Watch")?.serverStreaming == true)
    #expect(pool.methods.count > 60)
  }

  @Test(arguments: [
    "guoban.v1.PassService/VerifyPass", "guoban.v1.PassService.VerifyPass", "PassService/VerifyPass", "VerifyPass",
  ])
  func aMethodIsFoundByPartOfItsName(_ name: String) {
    #expect(pool.method(named: name)?.name == "/guoban.v1.PassService/VerifyPass")
  }

  @Test func aNameThatFitsNoOrSeveralMethodsFindsNone() {
    for name in ["", "/", "Verify", "verifypass", "OtherService/VerifyPass", "x.guoban.v1.PassService/VerifyPass"] {
      #expect(pool.method(named: name) == nil)
    }
  }

  @Test func similarMethodsAreOffered() {
    #expect(pool.methods(like: "VerfyPas", countMax: 3).first?.name == "/guoban.v1.PassService/VerifyPass")
    #expect(pool.methods(like: "verify_pass", countMax: 3).first?.name == "/guoban.v1.PassService/VerifyPass")
    #expect(pool.methods(like: "GetProjct", countMax: 1).count == 1)
    #expect(pool.methods(like: "qqqqqqqqqqqqqqqqqqqqqqqq", countMax: 3).isEmpty)
    #expect(pool.methods(like: String(repeating: "x", count: 100_000), countMax: 3).count <= 3)
  }

  @Test func fieldsAreFoundByBothNames() throws {
    let project = try #require(pool.message(named: "guoban.v1.Project"))
    #expect(project.field(named: "total_investment_fen")?.number == 10)
    #expect(project.field(named: "totalInvestmentFen")?.number == 10)
    #expect(project.field(named: "TotalInvestmentFen") == nil)
    #expect(project.fields.map(\.name).first == "meta")
  }

  @Test func aSetPastItsLimitOrNotAllThereIsRefused() throws {
    let bytes = DescriptorSet.packed
    #expect(throws: DecodeError.self) { try DescriptorPool(fileDescriptorSet: bytes, bytesMax: bytes.count - 1) }
    _ = try DescriptorPool(fileDescriptorSet: bytes, bytesMax: bytes.count)
    // Without the last files, types are missing; cut elsewhere, the bytes are malformed.
    for count in stride(from: 1, to: bytes.count, by: 97) {
      #expect(throws: DecodeError.self) {
        let pool = try DescriptorPool(fileDescriptorSet: Array(bytes.prefix(count)), bytesMax: bytes.count)
        // A prefix that ends between two files can be whole.
        if pool.methods.count < self.pool.methods.count {
          throw DecodeError(code: .malformed, field: "", offset: 0, message: "a whole prefix")
        }
      }
    }
  }

  @Test func mutatedSetsNeverTrap() {
    var random = SeededGenerator("DescriptorPoolTests")
    var accepted = 0
    for _ in 0..<150 {
      var bytes = DescriptorSet.packed
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let pool = try? DescriptorPool(fileDescriptorSet: bytes, bytesMax: bytes.count) else { continue }
      accepted += 1
      let json = DynamicJSON(pool: pool, limits: .standard)
      let region = Ledger.Region(meta: .init(revision: 1), labels: ["a": "b"], tags: ["x"], name: "过半")
      _ = try? json.text(packed: region.packed(), as: "guoban.v1.Region")
      _ = try? json.packed(#"{"meta": {"revision": 1}, "labels": {"a": "b"}, "kind": "ZONE"}"#, as: "guoban.v1.Region")
    }
    #expect(accepted > 0)
  }
}
