import GuobanMessages
import GuobanWire
import Testing

@Suite struct DynamicJSONTests {
  private let json: DynamicJSON

  init() throws {
    let pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: 4 << 20)
    json = DynamicJSON(pool: pool, limits: .standard)
  }

  private func read<M: Message>(_ text: String) throws -> M {
    try M(packed: json.packed(text, as: M.fullName), limits: .standard)
  }

  private func error(_ text: String, as type: String) -> DynamicJSONError? {
    do {
      _ = try json.packed(text, as: type)
      return nil
    } catch {
      return error
    }
  }

  @Test func aMessageIsWrittenForPeople() throws {
    let project = Ledger.Project(
      meta: .init(revision: 42, createTime: .init(seconds: 1_700_530_953, nanos: 120_000_000)), code: "P-1",
      labels: ["源": "导入", "a": "b"], tags: ["急", "\"\u{1}\n"], tier: .provincial, kind: .init(rawValue: 9),
      totalInvestmentFen: .max, plans: [.init(year: 2023, planFen: -5, curveFen: [0, 7])], milestones: .init(),
      supervised: true)
    #expect(
      try json.text(packed: project.packed(), as: "guoban.v1.Project") == #"""
        {
          "meta": {
            "revision": "42",
            "createTime": "2023-11-21T01:42:33.120Z"
          },
          "code": "P-1",
          "labels": {
            "a": "b",
            "源": "导入"
          },
          "tags": [
            "急",
            "\"\u0001\n"
          ],
          "tier": "PROJECT_TIER_PROVINCIAL",
          "kind": 9,
          "totalInvestmentFen": "9223372036854775807",
          "plans": [
            {
              "year": 2023,
              "planFen": "-5",
              "curveFen": [
                "0",
                "7"
              ]
            }
          ],
          "milestones": {},
          "supervised": true
        }
        """#)
    #expect(try json.text(packed: [], as: "guoban.v1.Project") == "{}")
  }

  @Test func bothNamesOfFieldsAndAllNamesOfEnumsAreRead() throws {
    let expected = Ledger.Project(tier: .provincial, totalInvestmentFen: 5)
    for text in [
      #"{"totalInvestmentFen": 5, "tier": "PROVINCIAL"}"#, #"{"total_investment_fen": "5", "tier": 1}"#,
      #"{"total_investment_fen": 5.0, "tier": "PROJECT_TIER_PROVINCIAL", "name": null, "meta": null}"#,
    ] {
      #expect(try read(text) == expected)
    }
  }

  @Test func wholeNumbersKeepAllTheirDigits() throws {
    for value in [Int64.max, .min, 9_007_199_254_740_993, -9_007_199_254_740_993, 0, -1] {
      #expect(try read(#"{"planFen": \#(value)}"#) == Ledger.YearPlan(planFen: value))
      #expect(try read(#"{"planFen": "\#(value)"}"#) == Ledger.YearPlan(planFen: value))
    }
    for value in [UInt64.max, UInt64(Int64.max) + 1, 1] {
      #expect(try read(#"{"revision": \#(value)}"#) == Ledger.RecordMeta(revision: value))
      #expect(try read(#"{"revision": "\#(value)"}"#) == Ledger.RecordMeta(revision: value))
    }
    // The nearest binary fraction would be the whole number 10^15.
    for text in ["999999999999999.99", "2147483648.0000001", "5.00000000000000001", "1e19"] {
      #expect { try read(#"{"planFen": \#(text)}"#) as Ledger.YearPlan } throws: { "\($0)".contains("plan_fen") }
    }
    for text in ["1000000000000000.00", "1e15"] {
      #expect(try read(#"{"planFen": \#(text)}"#) == Ledger.YearPlan(planFen: 1_000_000_000_000_000))
    }
    #expect(
      try read(#"{"ratio": {"numerator": "-9223372036854775808", "denominator": 1}}"#)
        == Reporting.Cell(value: .ratio(.init(numerator: .min, denominator: 1))))
  }

  struct Refusal: Sendable, CustomStringConvertible {
    var text: String
    var type: String
    var field: String
    var says: String
    var description: String { text }
  }

  @Test(arguments: [
    Refusal(
      text: #"{"planFen": 9223372036854775808}"#, type: "YearPlan", field: "plan_fen", says: "9223372036854775807"),
    Refusal(text: #"{"planFen": 1.5}"#, type: "YearPlan", field: "plan_fen", says: "whole number"),
    Refusal(text: #"{"planFen": "12a"}"#, type: "YearPlan", field: "plan_fen", says: "\"12a\""),
    Refusal(text: #"{"year": 2147483648}"#, type: "YearPlan", field: "year", says: "2147483647"),
    Refusal(text: #"{"year": true}"#, type: "YearPlan", field: "year", says: "true"),
    Refusal(text: #"{"curveFen": [1, null]}"#, type: "YearPlan", field: "curve_fen[1]", says: "null"),
    Refusal(text: #"{"curveFen": 1}"#, type: "YearPlan", field: "curve_fen", says: "array"),
    Refusal(text: #"{"reviison": 1}"#, type: "RecordMeta", field: "reviison", says: "did you mean revision?"),
    Refusal(text: #"{"revision": -1}"#, type: "RecordMeta", field: "revision", says: "-1"),
    Refusal(
      text: #"{"total_investmen_fen": 1}"#, type: "Project", field: "total_investmen_fen", says: "totalInvestmentFen"),
    Refusal(
      text: #"{"qqqqqqqqqqqqqq": 1}"#, type: "YearPlan", field: "qqqqqqqqqqqqqq", says: "year, planFen, curveFen"),
    Refusal(
      text: #"{"projects": [{}, {"tier": "PROVINCE"}]}"#, type: "BatchUpsertProjectsRequest", field: "projects[1].tier",
      says: "PROVINCIAL"),
    Refusal(text: #"{"projects": [[]]}"#, type: "BatchUpsertProjectsRequest", field: "projects[0]", says: "object"),
    Refusal(text: #"{"planFen": 1, "plan_fen": 1}"#, type: "YearPlan", field: "plan_fen", says: "twice"),
    Refusal(text: #"{"supervised": 1}"#, type: "Project", field: "supervised", says: "true or false"),
    Refusal(text: #"{"name": 1}"#, type: "Project", field: "name", says: "string"),
    Refusal(text: #"{"name": "a\u0000b"}"#, type: "Project", field: "name", says: "NUL"),
    Refusal(text: #"{"labels": {"k\u0000": "v"}}"#, type: "Project", field: "labels[\"k\u{FFFD}\"]", says: "NUL"),
    Refusal(text: #"{"labels": {"k": 1}}"#, type: "Project", field: "labels[\"k\"]", says: "string"),
    Refusal(
      text: #"{"createTime": "2023-02-29T00:00:00Z"}"#, type: "RecordMeta", field: "create_time", says: "RFC 3339"),
    Refusal(text: #"{"record": "%%%"}"#, type: "RawCreateRequest", field: "record", says: "base64"),
    Refusal(text: "[]", type: "Project", field: "", says: "object"),
    Refusal(text: "{\"name\": ", type: "Project", field: "", says: "not valid JSON"),
    Refusal(text: "", type: "Project", field: "", says: "not valid JSON"),
    Refusal(text: "{}", type: "NoSuch", field: "", says: "guoban.v1.NoSuch"),
    Refusal(text: String(repeating: "[", count: 100_000), type: "Project", field: "", says: "nested"),
  ])
  func whatDoesNotFitIsRefusedWithItsFieldAndReason(_ refusal: Refusal) {
    let error = error(refusal.text, as: "guoban.v1.\(refusal.type)")
    #expect(error?.field == refusal.field)
    #expect(error?.english.contains(refusal.says) == true, "\(String(describing: error))")
    #expect(error?.chinese.isEmpty == false)
  }

  @Test func onlyOneOfAOneofMayBeGiven() throws {
    let cell = "guoban.reporter.v1.Cell"
    #expect(error(#"{"text": "", "integer": 1}"#, as: cell)?.field == "text")
    #expect(error(#"{"text": "", "integer": null}"#, as: cell) == nil)
    #expect(try read(#"{"text": ""}"#) == Reporting.Cell(value: .text("")))
    #expect(
      try json.text(packed: Reporting.Cell(value: .integer(0)).packed(), as: cell) == "{\n  \"integer\": \"0\"\n}")
  }

  @Test func theLastOfAOneofAndAllPartsOfAMessageCount() throws {
    let cells = Reporting.Cell(value: .text("a")).packed() + Reporting.Cell(value: .integer(-7)).packed()
    #expect(try json.text(packed: cells, as: "guoban.reporter.v1.Cell") == "{\n  \"integer\": \"-7\"\n}")
    let parts = Ledger.GetRecordRequest(key: "k").packed() + Ledger.GetRecordRequest(key: "l").packed()
    #expect(try json.text(packed: parts, as: "guoban.v1.GetRecordRequest") == "{\n  \"key\": \"l\"\n}")
    let split =
      Ledger.Project(milestones: .init(signed: "s")).packed() + Ledger.Project(milestones: .init(started: "t")).packed()
    #expect(
      try json.text(packed: split, as: "guoban.v1.Project").contains("\"signed\": \"s\",\n    \"started\": \"t\""))
  }

  @Test func bytesAreReadInEveryBase64() throws {
    for text in ["+/8=", "+/8", "-_8=", "-_8"] {
      #expect(try read(#"{"record": "\#(text)"}"#) == Ledger.RawCreateRequest(record: [0xFB, 0xFF]))
    }
  }

  @Test func timesAreReadWithAnyZoneAndWrittenInUTC() throws {
    for (text, seconds, nanos, written) in [
      ("2023-06-30T08:00:00+08:00", 1_688_083_200, 0, "2023-06-30T00:00:00Z"),
      ("2023-06-30t00:00:00.5z", 1_688_083_200, 500_000_000, "2023-06-30T00:00:00.500Z"),
      ("1970-01-01T00:00:00.000001Z", 0, 1_000, "1970-01-01T00:00:00.000001Z"),
      ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
      ("2024-02-29T12:00:00-05:30", 1_709_227_800, 0, "2024-02-29T17:30:00Z"),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z"),
      ("9999-12-31T23:59:59Z", 253_402_300_799, 0, "9999-12-31T23:59:59Z"),
    ] as [(String, Int64, Int32, String)] {
      let meta = Ledger.RecordMeta(createTime: .init(seconds: seconds, nanos: nanos))
      #expect(try read(#"{"createTime": "\#(text)"}"#) == meta)
      #expect(try json.text(packed: meta.packed(), as: "guoban.v1.RecordMeta").contains("\"\(written)\""))
    }
    // What RFC 3339 cannot write is shown as it is.
    let odd = Ledger.RecordMeta(createTime: .init(seconds: 253_402_300_800, nanos: -1))
    #expect(try json.text(packed: odd.packed(), as: "guoban.v1.RecordMeta").contains("\"seconds\": \"253402300800\""))
    for bad in [
      "2023-06-30", "2023-06-30T08:00:00", "2023-13-01T00:00:00Z", "2023-06-30T24:00:00Z",
      "2023-06-30T00:00:60Z", "2023-06-30T00:00:00.Z", "2023-06-30T00:00:00.1234567890Z", "2023-06-30T00:00:00+0800",
      "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "2023-06-30T00:00:00Z ", "二〇二三",
    ] {
      #expect(error(#"{"createTime": "\#(bad)"}"#, as: "guoban.v1.RecordMeta") != nil, "\(bad)")
    }
  }

  @Test func fieldMasksAndAnyHaveFormsOfTheirOwn() throws {
    let update = Ledger.UpdateProjectRequest(
      updateMask: .init(paths: ["total_investment_fen", "milestones.in_production"]))
    #expect(try read(#"{"updateMask": "totalInvestmentFen,milestones.inProduction"}"#) == update)
    #expect(try read(#"{"update_mask": "total_investment_fen, milestones.in_production"}"#) == update)
    #expect(
      try json.text(packed: update.packed(), as: "guoban.v1.UpdateProjectRequest")
        == "{\n  \"updateMask\": \"totalInvestmentFen,milestones.inProduction\"\n}")
    let any = Google.AnyMessage(typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value: [1, 2])
    let text = "{\n  \"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\",\n  \"value\": \"AQI=\"\n}"
    #expect(try json.text(packed: any.packed(), as: "google.protobuf.Any") == text)
    #expect(try read(text) == any)
  }

  @Test func limitsHoldAtTheLimitAndOnePast() throws {
    let pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: 4 << 20)
    let text = #"{"tables": [{"rows": [{"cells": [{"text": "过半"}]}]}]}"#
    let bytes = try json.packed(text, as: "guoban.reporter.v1.Result")
    func limited(bytesMax: Int, depthMax: Int) -> DynamicJSON {
      DynamicJSON(pool: pool, limits: .init(bytesMax: bytesMax, depthMax: depthMax))
    }
    let read = limited(bytesMax: text.utf8.count, depthMax: 7)
    #expect(try read.packed(text, as: "guoban.reporter.v1.Result") == bytes)
    #expect(throws: DynamicJSONError.self) { try read.packed(text + " ", as: "guoban.reporter.v1.Result") }
    #expect(throws: DynamicJSONError.self) {
      try limited(bytesMax: 1_000, depthMax: 6).packed(text, as: "guoban.reporter.v1.Result")
    }
    let write = limited(bytesMax: bytes.count, depthMax: 4)
    _ = try write.text(packed: bytes, as: "guoban.reporter.v1.Result")
    #expect(throws: DecodeError.self) { try write.text(packed: bytes + [0x0A, 0], as: "guoban.reporter.v1.Result") }
    #expect(throws: DecodeError.self) {
      try limited(bytesMax: 1_000, depthMax: 3).text(packed: bytes, as: "guoban.reporter.v1.Result")
    }
  }

  @Test func malformedBytesThrow() {
    for bytes in [
      [0x08], [0x0A, 5, 1], [0x0B], [0x00, 0], [0x08] + [UInt8](repeating: 0xFF, count: 11), [0x2A, 1, 0xFF],
      [0x50, 0x80], [0x2D, 0, 0, 0],
    ] as [[UInt8]] {
      #expect(throws: DecodeError.self) { try json.text(packed: bytes, as: "guoban.v1.Project") }
    }
  }
}
