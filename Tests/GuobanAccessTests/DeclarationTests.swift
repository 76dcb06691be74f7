import GuobanLedger
import GuobanMessages
import GuobanModel
import GuobanStorage
import GuobanWire
import Testing

/// What Proto/ and the record types must declare.
struct DeclarationTests {
  private let pool: DescriptorPool

  init() throws {
    pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: DescriptorSet.packed.count)
  }

  @Test func everyMethodDeclaresAPermissionThatThereIs() {
    #expect(pool.methods.count > 70)
    for method in pool.methods {
      #expect(method.permission != .unspecified, "\(method.name) declares no permission")
      #expect(method.permission.knownName != nil, "\(method.name) declares an unknown permission")
    }
  }

  @Test func protoAndTheModelNameTheSamePermissions() {
    // READ_RECORDS and readRecords.
    let proto = RPC.Permission.allCases.filter { $0 != .unspecified }.map { $0.name.lowercased().filter { $0 != "_" } }
    let model = Permission.allCases.map { $0.rawValue.lowercased() }
    #expect(proto.sorted() == model.sorted() && Set(model).count == model.count)
  }

  @Test func everyPermissionHasABitOfItsOwn() {
    for one in Permission.allCases {
      #expect(PermissionSet([one]).permissions == [one])
      #expect(PermissionSet(Permission.allCases.filter { $0 != one }).allows(one) == false)
    }
  }

  @Test func protoAndTheModelNameTheSameRoles() {
    #expect(Role.allCases.map(Ledger.Role.init).map(\.model) == Role.allCases)
    #expect(Ledger.Role.allCases.filter { $0 != .unspecified }.count == Role.allCases.count)
    #expect(Ledger.Role(rawValue: 99).model == nil && Ledger.Role.unspecified.model == nil)
  }

  @Test func everyRecordTypeSaysHowItBelongsToARegion() {
    for definition in RecordCatalog.all {
      if definition.type.isShared {
        #expect(definition.type.regionTie == .shared)
      } else {
        #expect(definition.type.schema.regionPaths.count == 1, "\(definition.name)")
      }
    }
    // Nothing may lead a filter to grants.
    for schema in RecordCatalog.schemas {
      let columns = schema.columns + schema.children.flatMap(\.columns)
      #expect(!columns.contains { $0.references == "Grant" }, "\(schema.name)")
    }
  }
}
