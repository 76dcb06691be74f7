import CProtobufC
import Foundation
import GuobanTestSupport
import Testing

@testable import GuobanMessages

/// Google's own `protoc` as a second opinion.
@Suite struct ProtocTests {
  private static let proto = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Proto").path

  /// Runs `protoc --encode=TYPE` or `--decode=TYPE` with every file of Proto/.
  private func protoc(_ mode: String, _ type: String, _ input: [UInt8]) async throws -> [UInt8] {
    let run = try await ProgramRun(
      "protoc",
      [
        "-I\(Self.proto)", "-I/usr/include", "--\(mode)=\(type)", "google/protobuf/any.proto",
        "google/protobuf/descriptor.proto",
      ] + Self.files, input: input)
    try #require(run.exitCode == 0, "\(run.complaint)")
    return run.output
  }

  private static let files: [String] = {
    let all = FileManager.default.enumerator(atPath: proto)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".proto") }.sorted()
  }()

  @Test func protocWritesAndReadsTheSameBytesForEveryMessage() async throws {
    var wire = RandomWire("ProtocTests")
    wire.fieldPercent = 90
    for type in MessageTypes.all {
      let bytes = try type.init(packed: wire.message(type.descriptor), limits: .standard).packed()
      let text = try await protoc("decode", type.fullName, bytes)
      #expect(try await protoc("encode", type.fullName, text) == bytes, "\(type.fullName)")
    }
  }

  @Test func fieldsHaveTheirProtoNames() async throws {
    let pass = Ledger.Pass(
      meta: .init(revision: 42, etag: "e", createTime: .init(seconds: 1_700_000_000, nanos: 5), updatedBy: "clerk"),
      number: "410928000001", labels: ["源": "导入"], tags: ["急"], kind: .interprovince, plate: "豫J12345",
      plateColor: .yellow, enterprise: "91410922MA9GAAAA59", goods: "大蒜", loadKg: 32_000, origin: "410928",
      destination: "430502", conditions: [.driverStaysInCab, .escort], validFrom: "2022-04-07",
      validUntil: "2022-05-09",
      state: .issued, revokeReason: "r", replacedBy: "410928000002",
      holder: .init(name: "张**", phone: "138****1234", sealed: [0, 255]))
    let text = """
      meta { revision: 42 etag: "e" create_time { seconds: 1700000000 nanos: 5 } updated_by: "clerk" }
      number: "410928000001" labels { key: "源" value: "导入" } tags: "急" kind: PASS_KIND_INTERPROVINCE plate: "豫J12345"
      plate_color: PLATE_COLOR_YELLOW enterprise: "91410922MA9GAAAA59" goods: "大蒜" load_kg: 32000 origin: "410928"
      destination: "430502" conditions: PASS_CONDITION_DRIVER_STAYS_IN_CAB conditions: PASS_CONDITION_ESCORT
      valid_from: "2022-04-07" valid_until: "2022-05-09" state: PASS_STATE_ISSUED revoke_reason: "r"
      replaced_by: "410928000002" holder { name: "张**" phone: "138****1234" sealed: "\\000\\377" }
      """
    #expect(try await protoc("encode", "guoban.v1.Pass", Array(text.utf8)) == pass.packed())
  }

  @Test func theDescriptorSetDescribesEveryMessage() async throws {
    let text = String(
      decoding: try await protoc("decode", "google.protobuf.FileDescriptorSet", DescriptorSet.packed), as: UTF8.self)
    for name in ["guoban/v1/pass.proto", "google/protobuf/any.proto", "PassService", "VerifyPass"] {
      #expect(text.contains("\"\(name)\""))
    }
  }
}
