import GuobanMessages
import Testing

/// The guard: each rule with what it accepts and what it refuses, and what the error says.
@Suite struct GuardTests {
  private func error<M: Message>(_ type: M.Type, _ bytes: [UInt8], _ limits: DecodeLimits = .standard) -> DecodeError? {
    do {
      _ = try M(packed: bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  struct Malformed: Sendable, CustomStringConvertible {
    var what: String
    var bytes: [UInt8]
    var code: DecodeError.Code
    var field = ""
    var offset: Int
    var description: String { what }
  }

  // YearPlan { int32 year = 1; int64 plan_fen = 2; repeated int64 curve_fen = 3 }
  static let malformed = [
    Malformed(what: "tag cut off", bytes: [0x88], code: .malformed, offset: 0),
    Malformed(what: "value missing", bytes: [0x08], code: .malformed, field: "year", offset: 1),
    Malformed(what: "value cut off", bytes: [0x08, 0x80], code: .malformed, field: "year", offset: 1),
    Malformed(what: "field number 0", bytes: [0x00, 1], code: .malformed, offset: 1),
    Malformed(
      what: "field number 2^29", bytes: [0x80, 0x80, 0x80, 0x80, 0x10, 1], code: .malformed, offset: 5),
    Malformed(
      what: "tag of six bytes", bytes: [0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 1], code: .malformed, offset: 6),
    Malformed(
      what: "varint of eleven bytes", bytes: [0x10] + [UInt8](repeating: 0x80, count: 10) + [0], code: .malformed,
      field: "plan_fen", offset: 1),
    Malformed(
      what: "varint of 65 bits", bytes: [0x10] + [UInt8](repeating: 0xFF, count: 9) + [2], code: .malformed,
      field: "plan_fen", offset: 1),
    Malformed(what: "start of a group", bytes: [0x0B, 0x0C], code: .malformed, field: "year", offset: 1),
    Malformed(what: "end of a group", bytes: [0x0C], code: .malformed, field: "year", offset: 1),
    Malformed(what: "wire type 6", bytes: [0x0E, 1], code: .malformed, field: "year", offset: 1),
    Malformed(what: "wire type 7 unknown", bytes: [0x4F, 1], code: .malformed, field: "#9", offset: 1),
    Malformed(what: "text for a number", bytes: [0x0A, 1, 0x41], code: .wrongType, field: "year", offset: 2),
    Malformed(
      what: "64 bits for a number", bytes: [0x09, 1, 2, 3, 4, 5, 6, 7, 8], code: .wrongType, field: "year", offset: 9),
    Malformed(
      what: "32 bits in a repeated number", bytes: [0x1D, 1, 2, 3, 4], code: .wrongType, field: "curve_fen", offset: 5),
    Malformed(what: "64 bits cut off", bytes: [0x49, 1, 2, 3], code: .malformed, field: "#9", offset: 1),
    Malformed(what: "32 bits cut off", bytes: [0x4D, 1, 2, 3], code: .malformed, field: "#9", offset: 1),
    Malformed(what: "length past the end", bytes: [0x1A, 3, 1, 2], code: .malformed, field: "curve_fen", offset: 2),
    Malformed(
      what: "length near 2^32", bytes: [0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1], code: .malformed, field: "#9", offset: 6
    ),
    Malformed(
      what: "length near 2^64", bytes: [0x4A] + [UInt8](repeating: 0xFF, count: 9) + [1], code: .malformed, field: "#9",
      offset: 11),
    Malformed(
      what: "last packed number cut off", bytes: [0x1A, 2, 1, 0x80, 0], code: .malformed, field: "curve_fen", offset: 3),
  ]

  @Test(arguments: malformed) func malformedBytesAreRefused(_ sample: Malformed) {
    let error = error(Ledger.YearPlan.self, sample.bytes)
    #expect(error?.code == sample.code)
    #expect(error?.field == sample.field)
    #expect(error?.offset == sample.offset)
    #expect(error?.code.isLimit == false)
  }

  @Test func theLargestFieldNumberAndVarintAreAccepted() throws {
    #expect(error(Ledger.YearPlan.self, [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 1]) == nil)
    let least: [UInt8] = [0x10] + [UInt8](repeating: 0xFF, count: 9) + [1]
    #expect(try Ledger.YearPlan(packed: least, limits: .standard).planFen == -1)
  }

  @Test func theErrorSaysWhereInWordsThatHelp() throws {
    let good = Ledger.Project(labels: ["a": "b"], name: "好")
    var bad = Ledger.Project(labels: ["k": "v"]).packed()
    bad[bad.count - 1] = 0xFF
    var bytes = Ledger.BatchUpsertProjectsRequest(projects: [good, good]).packed()
    appendSized(1, bad, to: &bytes)
    let error = error(Ledger.BatchUpsertProjectsRequest.self, bytes)
    #expect(error?.code == .invalidUTF8)
    #expect(error?.field == "projects[2].labels[0].value")
    #expect(error?.offset == bytes.count - 1)
    #expect(
      error?.message
        == "guoban.v1.BatchUpsertProjectsRequest.projects[2].labels[0].value: the text is not valid UTF-8 (at byte \(bytes.count - 1))"
    )
  }

  @Test func aMessageFieldMayComeOnlyOnce() {
    let once = Ledger.Project(milestones: .init(signed: "2023-01-01")).packed()
    #expect(error(Ledger.Project.self, once) == nil)
    let twice = error(Ledger.Project.self, once + once)
    #expect(twice?.code == .repeatedMessage)
    #expect(twice?.field == "milestones")
    let ping = RPC.Frame(body: .ping(.init(payload: [1]))).packed()
    #expect(error(RPC.Frame.self, ping + ping)?.code == .repeatedMessage)
    // A scalar may come again, as protobuf says: the last one counts.
    #expect(error(Ledger.Project.self, [0x50, 1, 0x50, 2]) == nil)
  }

  @Test func messageBytesAtTheLimitAndOnePast() {
    var limits = DecodeLimits.standard
    let bytes = Ledger.Region(name: String(repeating: "过", count: 50)).packed()
    limits.messageBytesMax = bytes.count
    #expect(error(Ledger.Region.self, bytes, limits) == nil)
    limits.messageBytesMax = bytes.count - 1
    #expect(error(Ledger.Region.self, bytes, limits)?.code == .messageTooLarge)
    #expect(error(Ledger.Region.self, bytes, limits)?.code.isLimit == true)
  }

  @Test func depthAtTheLimitAndOnePast() {
    var limits = DecodeLimits.standard
    let cell = Reporting.Cell(value: .ratio(.init(numerator: 1, denominator: 2)))
    let bytes = Reporting.Result(tables: [.init(rows: [.init(cells: [cell])])]).packed()
    limits.depthMax = 5
    #expect(error(Reporting.Result.self, bytes, limits) == nil)
    limits.depthMax = 4
    #expect(error(Reporting.Result.self, bytes, limits)?.code == .tooDeep)
    #expect(error(Reporting.Result.self, bytes, limits)?.field == "tables[0].rows[0].cells[0].ratio")
    limits.depthMax = 0
    #expect(error(Reporting.Result.self, [], limits)?.code == .tooDeep)
  }

  @Test func elementsAtTheLimitAndOnePast() {
    var limits = DecodeLimits.standard
    limits.elementsMax = 7
    // 1 region, 2 labels and 3 tags, a packed field elsewhere counts each number.
    let region = Ledger.Region(labels: ["a": "1", "b": "2"], tags: ["x", "y", "z"])
    let six = Ledger.BatchUpsertRegionsRequest(regions: [region])
    let seven = Ledger.BatchUpsertRegionsRequest(regions: [region, .init()])
    let eight = Ledger.BatchUpsertRegionsRequest(regions: [region, .init(), .init()])
    #expect(error(Ledger.BatchUpsertRegionsRequest.self, six.packed(), limits) == nil)
    #expect(error(Ledger.BatchUpsertRegionsRequest.self, seven.packed(), limits) == nil)
    #expect(error(Ledger.BatchUpsertRegionsRequest.self, eight.packed(), limits)?.code == .tooManyElements)
    let numbers = (0..<8).map { Int64($0) }
    #expect(error(Ledger.YearPlan.self, Ledger.YearPlan(curveFen: Array(numbers.prefix(7))).packed(), limits) == nil)
    #expect(error(Ledger.YearPlan.self, Ledger.YearPlan(curveFen: numbers).packed(), limits)?.code == .tooManyElements)
  }

  @Test func unknownFieldsAtTheLimitAndOnePast() {
    var limits = DecodeLimits.standard
    limits.unknownFieldsMax = 3
    let unknown: [UInt8] = [0xA0, 0x06, 1]  // field 100
    var nested: [UInt8] = []
    appendSized(1, unknown + unknown, to: &nested)
    #expect(error(Ledger.Region.self, nested + unknown, limits) == nil)
    #expect(error(Ledger.Region.self, nested + unknown + unknown, limits)?.code == .tooManyUnknownFields)
    #expect(error(Ledger.Region.self, nested + unknown + unknown, limits)?.field == "#100")
  }

  @Test func memoryAtTheLimitAndOnePast() {
    var limits = DecodeLimits.standard
    let region = Ledger.Region(labels: ["a": "1"], tags: ["x", "y"], name: "濮阳县")
    let bytes = Ledger.BatchUpsertRegionsRequest(regions: [region, region]).packed()
    var least = 0
    for memory in stride(from: 0, through: 4_096, by: 8) where least == 0 {
      limits.memoryBytesMax = memory
      if error(Ledger.BatchUpsertRegionsRequest.self, bytes, limits) == nil { least = memory }
    }
    print("memory for \(bytes.count) bytes: \(least)")
    #expect((500...2_000).contains(least))
    limits.memoryBytesMax = least - 8
    #expect(error(Ledger.BatchUpsertRegionsRequest.self, bytes, limits)?.code == .tooMuchMemory)
  }

  /// protobuf-c alone would take 36 MiB for this.
  @Test func aMebibyteOfEmptyMessagesIsRefusedOrStaysInItsBudget() throws {
    let bytes = [[UInt8]](repeating: [0x0A, 0], count: 1 << 19).flatMap { $0 }
    #expect(bytes.count == 1 << 20)
    #expect(error(Reporting.Row.self, bytes)?.code == .tooManyElements)
    var limits = DecodeLimits.standard
    limits.elementsMax = 1 << 19
    limits.memoryBytesMax = 32 << 20
    #expect(error(Reporting.Row.self, bytes, limits)?.code == .tooMuchMemory)
    limits.memoryBytesMax = 80 << 20
    #expect(try Reporting.Row(packed: bytes, limits: limits).cells.count == 1 << 19)
  }

  /// 58 KB that overflow protobuf-c's stack where a type holds itself. No type here does: the guard must not follow
  /// unknown fields, and must refuse groups.
  @Test func deeplyNestedBytesAreHarmless() {
    var nested: [UInt8] = []
    while nested.count < 58_000 {
      var outer: [UInt8] = []
      appendSized(1, [], to: &outer)
      appendVarint(100 << 3 | 2, to: &outer)
      appendVarint(UInt64(nested.count), to: &outer)
      nested = outer + nested
    }
    #expect(error(Reporting.ReporterMessage.self, nested)?.code == nil)
    #expect(error(Reporting.Table.self, [UInt8](repeating: 0x1B, count: 100_000))?.code == .malformed)
  }
}
