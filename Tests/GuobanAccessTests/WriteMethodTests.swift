import GuobanClient
import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanSQLite
import GuobanStorage
import GuobanTestSupport
import GuobanWire
import Testing

/// What every method that writes promises: a retry is done once, etags and masks hold, and validate_only changes nothing.
///
/// The methods come from the descriptor set, so that one which is added is asked for an example by itself.
@Suite(.serialized) struct WriteMethodTests {
  private let pool: DescriptorPool

  init() throws {
    pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: DescriptorSet.packed.count)
  }

  /// The field of a method's request, when it has it.
  private func field(_ name: String, of method: DescriptorPool.Method) -> DescriptorPool.Field? {
    pool.message(named: method.input)?.field(named: name)
  }

  private var idempotent: [DescriptorPool.Method] {
    pool.methods.filter { field("request_id", of: $0) != nil && !writeMethodsElsewhere.contains($0.name) }
  }

  @Test func everyMethodThatWritesTakesARequestIDAndHasAnExample() {
    let writing: Set<RPC.Permission> = [
      .writeRecords, .issuePass, .approveReporter, .takeSnapshot, .manageAccess, .runReport,
    ]
    let reads = ["Get", "List", "BatchGet", "Verify", "Export"]
    for method in pool.methods where writing.contains(method.permission) {
      let name = method.name.split(separator: "/").last.map(String.init) ?? ""
      guard !reads.contains(where: name.hasPrefix), !writeMethodsWithoutRequestID.contains(method.name) else {
        continue
      }
      #expect(field("request_id", of: method) != nil, "\(method.name) cannot be retried: it takes no request_id")
    }
    let examples = Set(writeExamples().map(\.method))
    for method in idempotent {
      #expect(examples.contains(method.name), "\(method.name) needs an example in WriteExamples.swift")
    }
    for method in examples { #expect(pool.method(named: method) != nil, "there is no \(method)") }
    // Apply, Undelete and imports write any type of the catalog: they ask for the permission of its own methods.
    for definition in RecordCatalog.writable {
      let permission = pool.method(named: "/guoban.v1.\(definition.name)Service/Update\(definition.name)")?.permission
      #expect(
        permission?.name.replacing("_", with: "").lowercased() == definition.type.writePermission.rawValue.lowercased(),
        "\(definition.name)")
    }
  }

  @Test func whatWritesSeveralTypesAsksForThePermissionOfEach() async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      for records in Place.ground { try office.upsert(records) }
      let clerk = try await office.client("clerk", [.clerk])
      let register = Place.same.record("Register", 90)
      let mutation = { (record: any LedgerRecord) in
        Ledger.ApplyRequest(mutations: [
          Ledger.Mutation(kind: .create, recordType: type(of: record).schema.name, record: record.packed())
        ]).packed()
      }
      let apply = "/guoban.v1.LedgerService/Apply"
      #expect(await outcome(clerk, apply, mutation(register)).code == .permissionDenied)
      #expect(await outcome(clerk, apply, mutation(Place.same.project("Apply"))).code == .ok)
      let undelete = Ledger.UndeleteRequest(recordType: "Register", key: register.key).packed()
      #expect(await outcome(clerk, "/guoban.v1.LedgerService/Undelete", undelete).code == .permissionDenied)
      await clerk.shutdown()
    }
  }

  @Test func everyWriteHoldsItsPromises() async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      for records in Place.ground { try office.upsert(records) }
      let client = try await office.admin()
      let methods = Dictionary(uniqueKeysWithValues: idempotent.map { ($0.name, $0) })
      var checked = 0
      for example in writeExamples() {
        guard let method = methods[example.method] else { continue }
        try await checkRetries(example, method, office, client)
        try await checkValidateOnly(example, method, office, client)
        try await checkEtag(example, method, office, client)
        try await checkMask(example, method, office, client)
        checked += 1
      }
      #expect(checked == methods.count && checked >= 40)
      await client.shutdown()
      // Whatever was written is what the log says.
      let report = try office.store.read {
        try LedgerVerification.run(
          $0, schemas: office.store.schemas, head: nil, limits: .standard, checkCancellation: {})
      }
      #expect(report.intact, "\(report.faults)")
    }
  }

  @Test func aRetriedSnapshotIsTheOneThatWasTaken() async throws {
    let folder = try TemporaryFolder()
    try await Office.with(folder) { office in
      try office.upsert(Place.regions)
      let client = try await office.admin()
      let method = "/guoban.v1.SnapshotService/CreateSnapshot"
      let take = { (id: String) async throws -> Ledger.Snapshot in
        try await client.call(method, Ledger.CreateSnapshotRequest(requestId: id))
      }
      let first = try await take("a")
      #expect(try await take("a") == first)
      #expect(try await take("b").id != first.id)
      let (one, two) = (try await take(""), try await take(""))
      #expect(one.id != two.id)
      await client.shutdown()
    }
  }

  private func checkRetries(
    _ example: WriteExample, _ method: DescriptorPool.Method, _ office: Office, _ client: GuobanClient
  ) async throws {
    try example.prepare(office, 1)
    let id = try #require(field("request_id", of: method))
    let request = try example.request(1) + text(id, "retry \(example.method)")
    let before = office.store.revision
    let first = try await client.call(example.method, message: request)
    let after = office.store.revision
    #expect(after > before, "\(example.method) wrote nothing")
    let second = try await client.call(example.method, message: request)
    #expect(office.store.revision == after, "\(example.method) was done twice")
    // Tokens are shown once: a retry gives the grant without it, as access_service.proto says.
    if !tokenMethods.contains(example.method) {
      #expect(second == first, "\(example.method) answers a retry differently")
    }
    let other = try example.request(2) + text(id, "retry \(example.method)")
    let status = await outcome(client, example.method, other)
    #expect(
      status.code == .invalidArgument && status.reason(limits: .standard) == "REQUEST_ID_REUSED",
      "\(example.method) under a used request_id: \(status)")
    #expect(office.store.revision == after)
  }

  private func checkValidateOnly(
    _ example: WriteExample, _ method: DescriptorPool.Method, _ office: Office, _ client: GuobanClient
  ) async throws {
    guard let flag = field("validate_only", of: method) else { return }
    try example.prepare(office, 3)
    let request = try example.request(3)
    let before = try office.digest()
    let status = await outcome(client, example.method, request + varint(flag, 1))
    #expect(status.code == .ok, "\(example.method) with validate_only: \(status)")
    // Even under a request_id, which stays free.
    let id = try #require(field("request_id", of: method))
    let withID = request + text(id, "validated \(example.method)")
    #expect(await outcome(client, example.method, withID + varint(flag, 1)).code == .ok)
    #expect(try office.digest() == before, "\(example.method) wrote with validate_only")
    #expect(await outcome(client, example.method, withID).code == .ok, "\(example.method) after it was validated")
    #expect(try office.digest() != before)
  }

  private func checkEtag(
    _ example: WriteExample, _ method: DescriptorPool.Method, _ office: Office, _ client: GuobanClient
  ) async throws {
    guard let etag = field("etag", of: method) else { return }
    try example.prepare(office, 4)
    let before = try office.digest()
    let status = await outcome(client, example.method, try example.request(4) + text(etag, "r1"))
    #expect(status.code == .aborted, "\(example.method) with an old etag: \(status)")
    #expect(try office.digest() == before)
    let right = "r\(office.store.revision)"
    #expect(
      await outcome(client, example.method, try example.request(4) + text(etag, right)).code == .ok,
      "\(example.method) with the right etag")
  }

  private func checkMask(
    _ example: WriteExample, _ method: DescriptorPool.Method, _ office: Office, _ client: GuobanClient
  ) async throws {
    guard let mask = field("update_mask", of: method) else { return }
    try example.prepare(office, 5)
    let before = try office.digest()
    for path in ["no_such_field", "meta"] {
      let bytes = bytes(mask, Google.FieldMask(paths: [path]).packed())
      let status = await outcome(client, example.method, try example.request(5) + bytes)
      #expect(status.code == .invalidArgument, "\(example.method) with the mask “\(path)”: \(status)")
    }
    #expect(try office.digest() == before)
  }

  private let tokenMethods: Set<String> = [Office.access("CreateGrant"), Office.access("RotateToken")]

  // A field that is appended to a packed message takes the place of the one in it, or adds to it.

  private func text(_ field: DescriptorPool.Field, _ text: String) -> [UInt8] { bytes(field, Array(text.utf8)) }

  private func bytes(_ field: DescriptorPool.Field, _ bytes: [UInt8]) -> [UInt8] {
    varint(UInt64(field.number) << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  private func varint(_ field: DescriptorPool.Field, _ value: UInt64) -> [UInt8] {
    varint(UInt64(field.number) << 3) + varint(value)
  }

  private func varint(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
  }
}

extension Office {
  fileprivate func digest() throws -> Ledger.LedgerDigest {
    try store.read { try $0.digest(of: store.schemas, checkCancellation: {}) }
  }
}
