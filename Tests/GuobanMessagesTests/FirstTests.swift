import GuobanMessages
import Testing

@Test func roundTrip() throws {
  let project = Ledger.Project(
    meta: .init(revision: 7, etag: "x", createTime: .init(seconds: 5, nanos: 6)), code: "a",
    labels: ["b": "1", "a": "2"],
    tags: ["x", "y"], tier: .provincial, plans: [.init(year: 2023, planFen: 5, curveFen: [1, -2, 3])],
    milestones: .init(signed: "2023-01-01"), supervised: true)
  let bytes = project.packed()
  #expect(try Ledger.Project(packed: bytes, limits: .standard) == project)
  let frame = RPC.Frame(streamId: 3, body: .call(.init(target: .methodId(4), message: bytes)))
  #expect(try RPC.Frame(packed: frame.packed(), limits: .standard) == frame)
  let pass = Ledger.Pass(conditions: [.escort, .init(rawValue: 9)])
  #expect(try Ledger.Pass(packed: pass.packed(), limits: .standard) == pass)
  #expect(DescriptorSet.packed.count > 1000)
  #expect(Ledger.ProjectTier(name: "PROVINCIAL") == .provincial)
}
