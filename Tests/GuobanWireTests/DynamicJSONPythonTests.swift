import Foundation
import GuobanMessages
import GuobanModel
import GuobanTestSupport
import GuobanWire
import Testing

/// Google's Python protobuf as a second opinion on the JSON mapping.
@Suite struct DynamicJSONPythonTests {
  /// Reads lines `TYPE HEX` and answers each with the message's JSON as Google writes it, and the hex of what Google
  /// reads from our JSON for it.
  private static let script = """
    import json, sys
    from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
    work = json.load(sys.stdin)
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(bytes.fromhex(work["set"])).file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    out = []
    for case in work["cases"]:
        new = factory.GetPrototype(pool.FindMessageTypeByName(case["type"]))
        theirs = json_format.MessageToJson(new.FromString(bytes.fromhex(case["packed"])), ensure_ascii=False)
        ours = json_format.Parse(case["json"], new()).SerializeToString(deterministic=True)
        out.append({"json": theirs, "packed": ours.hex()})
    json.dump(out, sys.stdout)
    """

  private struct Work: Encodable {
    struct Case: Encodable {
      var type: String
      var packed: String
      var json: String
    }
    var set: String
    var cases: [Case]
  }

  private struct Answer: Decodable {
    var json: String
    var packed: String
  }

  private func ask(_ work: Work) async throws -> [Answer] {
    let run = try await ProgramRun("/usr/bin/python3", ["-c", Self.script], input: Array(JSONEncoder().encode(work)))
    try #require(run.exitCode == 0, "\(run.complaint)")
    return try JSONDecoder().decode([Answer].self, from: Data(run.output))
  }

  private static let samples: [any Message] = [
    Ledger.Project(
      meta: .init(
        revision: .max, etag: "e", createTime: .init(seconds: 1_700_530_953, nanos: 120_000_000),
        updateTime: .init(seconds: -1, nanos: 1), updatedBy: "张三"),
      code: "2302-410928-04-01-123456", labels: ["源": "导入", "a": "b", "\u{FF5E}": "1", "😀": "2"], tags: ["", "急"],
      name: "过半\t\"\\/\u{7F}\u{2028}", tier: .sangaoSixin, kind: .init(rawValue: 99), totalInvestmentFen: .min,
      plans: [.init(year: -1, planFen: .max, curveFen: [0, -1, 9_007_199_254_740_993]), .init()], milestones: .init(),
      supervised: true),
    Ledger.Pass(
      conditions: [.escort, .init(rawValue: 0), .init(rawValue: -7)], holder: .init(sealed: [0, 1, 254, 255])),
    Ledger.UpdateRegionRequest(region: .init(), updateMask: .init(paths: ["short_name", "meta.create_time"])),
    Ledger.RawBatchUpsertRequest(records: [[], [1], [1, 2, 3]], validateOnly: true),
    Reporting.Cell(value: .text("")), Reporting.Cell(value: .integer(.min)), Reporting.Cell(value: .ratio(.init())),
    Reporting.Columns(
      query: "q",
      columns: [.init(name: "n", texts: ["", "x"], integers: [0, -1, .max, .min], nulls: [0, .max], isText: true)]),
    RPC.Frame(streamId: .max, body: .call(.init(target: .methodId(0), message: [0xFF], endStream: true))),
    RPC.Frame(body: .cancel(.init())),
    Google.BadRequest(fieldViolations: [.init(field: "records[3].plate", description: "错", reason: "PLATE")]),
    Google.ErrorInfo(reason: "R", domain: "guoban", metadata: ["k": "v"]),
    Health.HealthCheckResponse(status: .serviceUnknown),
    Archive.Entry(body: .change(.init(revision: 1, time: .init(seconds: 253_402_300_799, nanos: 999_999_999)))),
    Ledger.GetLedgerDigestRequest(),
  ]

  @Test func googleReadsAndWritesTheSameJSON() async throws {
    let json = DynamicJSON(
      pool: try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: 4 << 20), limits: .standard)
    var work = Work(set: hexadecimal(DescriptorSet.packed), cases: [])
    for sample in Self.samples {
      let name = type(of: sample).fullName
      work.cases.append(
        .init(type: name, packed: hexadecimal(sample.packed()), json: try json.text(packed: sample.packed(), as: name)))
    }
    let answers = try await ask(work)
    #expect(answers.count == Self.samples.count)
    for (sample, answer) in zip(Self.samples, answers) {
      let name = type(of: sample).fullName
      #expect(answer.packed == hexadecimal(sample.packed()), "\(name): Google reads our JSON as another message")
      #expect(
        try json.packed(answer.json, as: name) == sample.packed(), "\(name): we read Google's JSON as another message")
    }
  }
}
