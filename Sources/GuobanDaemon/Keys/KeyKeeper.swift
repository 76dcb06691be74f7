internal import Foundation
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanServer
internal import GuobanStorage
internal import Logging
internal import Synchronization

/// Keeps the daemon's keys: in their files, in memory, and what the ledger knows of them; and does what hangs on them,
/// sealing anew after a rotation and erasing what is due.
final class KeyKeeper: KeyKeeping {
  /// How the keys are kept, and for how long what they seal.
  struct Policy: Sendable {
    /// Start although keys that the ledger names are lost.
    var acceptsLoss: Bool
    /// Days after its end that a record's contacts are kept; 0: for ever.
    var retentionDays: Int
    /// Records of one request of a background job.
    var batchRecords: Int
  }

  private struct State {
    var personal: [KeyMaterial]
    var signing: [KeyMaterial]
    var newPurposes: Set<Ledger.KeyPurpose>
    var store: (any LedgerStore)?
    var isResealing = false
    /// Records may be sealed with an older key.
    var needsReseal = true
    var resealedRecords: UInt64 = 0
    var lastEraseTime: Google.Timestamp?
  }

  /// Who does what nobody asked for.
  static let actor = "daemon"

  /// What the store is opened with.
  let ring: PersonalKeyRing
  private let folder: KeyFolder
  let policy: Policy
  private let logger: Logger
  private let today: @Sendable () -> CivilDate
  private let now: @Sendable () -> Google.Timestamp
  private let state: Mutex<State>
  /// One change of keys at a time.
  private let changing = Mutex(())

  /// Reads the key files, or makes new keys, which are written when the ledger turns out to need no older ones.
  init(
    _ folder: KeyFolder, policy: Policy, logger: Logger, today: @escaping @Sendable () -> CivilDate,
    now: @escaping @Sendable () -> Google.Timestamp
  ) throws {
    try folder.prepare()
    let personal = try folder.load(.personalData)
    let signing = try folder.load(.passSigning)
    self.folder = folder
    self.policy = policy
    self.logger = logger
    self.today = today
    self.now = now
    var new: Set<Ledger.KeyPurpose> = []
    if personal.isNew { new.insert(.personalData) }
    if signing.isNew { new.insert(.passSigning) }
    state = Mutex(State(personal: personal.keys, signing: signing.keys, newPurposes: new))
    ring = try PersonalKeyRing(personal.keys)
  }

  /// Compares the keys with what the ledger knows of its own, and refuses to go on with others. Blocks.
  func adopt(_ store: any LedgerStore) throws {
    let known = try records(store)
    var changes: [Ledger.DaemonKey] = []
    for purpose in [Ledger.KeyPurpose.personalData, .passSigning] {
      let held = keys(purpose)
      let isNew = state.withLock { $0.newPurposes.contains(purpose) }
      let plan = KeyPlan(known: known.filter { $0.purpose == purpose }, held: held)
      if !plan.missing.isEmpty {
        guard policy.acceptsLoss else { throw lost(plan.missing, purpose, held: isNew ? [] : held) }
        changes += plan.missing.map { key in
          var dropped = key
          dropped.state = .dropped
          return dropped
        }
        logger.error(
          "keys that the ledger names are lost; what they sealed cannot be read again",
          metadata: ["keys": "\(plan.missing.map(\.id))"])
      }
      if isNew {
        try folder.write(held, purpose)
        logger.notice(
          "made a new key; keep a copy of its file apart from the ledger's backups",
          metadata: ["file": "\(folder.path)/\(KeyFile.name(purpose))", "key": "\(held.first?.id ?? "")"])
      }
      changes += plan.changes
    }
    try write(changes, store, actor: Self.actor)
    state.withLock {
      $0.store = store
      $0.newPurposes = []
    }
  }

  var signingKey: KeyMaterial { keys(.passSigning)[0] }

  var resealing: (isRunning: Bool, records: UInt64) { state.withLock { ($0.isResealing, $0.resealedRecords) } }

  var lastEraseTime: Google.Timestamp? { state.withLock { $0.lastEraseTime } }

  /// The file comes first: a key that anything was sealed with is on disk.
  func rotate(_ purpose: Ledger.KeyPurpose, actor: String) throws -> Ledger.DaemonKey {
    try changing.withLock { _ in
      let store = try openStore()
      let new = try KeyMaterial.random(purpose)
      let all = [new] + keys(purpose)
      guard all.count <= KeyFile.keysMax else {
        throw LedgerError(
          .exhausted, reason: "KEYS_MAX", "密钥已有 \(KeyFile.keysMax) 个（上限）：请先用 guobanctl personal drop-key 销毁不用的",
          "there are \(KeyFile.keysMax) keys already, the most there may be; destroy those no longer used with guobanctl personal drop-key"
        )
      }
      try folder.write(all, purpose)
      let known = try records(store).filter { $0.purpose == purpose }
      if purpose == .personalData { try ring.replace(all) }
      set(all, purpose)
      var changes: [Ledger.DaemonKey] = known.filter { $0.state == .current }.map { key in
        var retired = key
        retired.state = purpose == .personalData ? .retiring : .retired
        return retired
      }
      changes.append(Ledger.DaemonKey(id: new.id, purpose: purpose, state: .current, ed25519: new.publicKey))
      try write(changes, store, actor: actor)
      if purpose == .personalData {
        state.withLock { $0.needsReseal = true }
      } else {
        // The secret half of a key that no longer signs is of no use but to a thief.
        try folder.write([new], purpose)
        set([new], purpose)
      }
      return try record(new.id, store)
    }
  }

  func drop(_ id: String, actor: String) throws -> Ledger.DaemonKey {
    try changing.withLock { _ in
      let store = try openStore()
      guard var key = try records(store).first(where: { $0.id == id }) else {
        throw LedgerError(
          .notFound, reason: "NOT_FOUND", "没有密钥“\(id)”；用 guobanctl personal keys 查看",
          "there is no key “\(id)”; guobanctl personal keys shows those there are")
      }
      guard key.state == .retired else {
        throw LedgerError(
          .precondition, reason: "KEY_IN_USE",
          key.state == .dropped ? "密钥“\(id)”已经销毁" : "密钥“\(id)”还在用：先换新密钥，等全部记录重新封存完",
          key.state == .dropped
            ? "the key “\(id)” is destroyed already"
            : "the key “\(id)” is in use: rotate it first, and wait until all records are sealed anew")
      }
      key.state = .dropped
      try write([key], store, actor: actor)
      let rest = keys(key.purpose).filter { $0.id != id }
      try folder.write(rest, key.purpose)
      if key.purpose == .personalData { try ring.replace(rest) }
      set(rest, key.purpose)
      return try record(id, store)
    }
  }

  func eraseDue(
    validateOnly: Bool, checkCancellation: () throws -> Void
  ) throws -> Ledger.EraseDuePersonalDataResponse {
    let store = try openStore()
    guard policy.retentionDays > 0 else { return Ledger.EraseDuePersonalDataResponse() }
    let erasure = PersonalErasure(
      cutoff: try today().addingDays(-policy.retentionDays), batchRecords: policy.batchRecords)
    var response = Ledger.EraseDuePersonalDataResponse(cutoff: erasure.cutoff.text)
    if validateOnly {
      response.add(try store.read { try erasure.count($0) })
      return response
    }
    while true {
      try checkCancellation()
      let counts = try store.write(actor: Self.actor) { try erasure.run($0) }
      response.add(counts)
      if counts == PersonalErasure.Counts() { break }
    }
    state.withLock { $0.lastEraseTime = now() }
    return response
  }

  /// Seals anew what an older key opens, until nothing is left or `checkCancellation` throws. Blocks.
  func reseal(checkCancellation: () throws -> Void) throws {
    let store = try openStore()
    // Whoever makes another key current from here on is not forgotten.
    guard state.withLock({ exchange(&$0.needsReseal, with: false) }) else { return }
    var isDone = false
    defer { if !isDone { state.withLock { $0.needsReseal = true } } }
    let retiring = try records(store).filter { $0.state == .retiring }
    guard !retiring.isEmpty else {
      isDone = true
      return
    }
    state.withLock {
      $0.isResealing = true
      $0.resealedRecords = 0
    }
    defer { state.withLock { $0.isResealing = false } }
    let job = PersonalReseal(ring, batchRecords: policy.batchRecords)
    var position: PersonalReseal.Position? = .init()
    var failures: [RecordName] = []
    while let current = position {
      try checkCancellation()
      let step = try store.write(actor: Self.actor) { try job.run(from: current, $0) }
      position = step.next
      failures += step.failures.prefix(16)
      state.withLock { $0.resealedRecords += UInt64(step.resealed) }
    }
    isDone = true
    guard failures.isEmpty else {
      logger.error(
        "some personal data could not be sealed anew; the old key stays",
        metadata: ["records": "\(failures.prefix(16).map { "\($0.type) \($0.key)" })"])
      return
    }
    let done = retiring.map { key in
      var retired = key
      retired.state = .retired
      return retired
    }
    try write(done, store, actor: Self.actor)
    logger.notice(
      "personal data are sealed with the new key", metadata: ["records": "\(resealing.records)"])
  }

  private func keys(_ purpose: Ledger.KeyPurpose) -> [KeyMaterial] {
    state.withLock { purpose == .personalData ? $0.personal : $0.signing }
  }

  private func set(_ keys: [KeyMaterial], _ purpose: Ledger.KeyPurpose) {
    state.withLock { if purpose == .personalData { $0.personal = keys } else { $0.signing = keys } }
  }

  private func openStore() throws -> any LedgerStore {
    guard let store = state.withLock({ $0.store }) else {
      throw LedgerError(.precondition, reason: "NOT_OPEN", "台账还没有打开", "the ledger is not open yet")
    }
    return store
  }

  private func records(_ store: any LedgerStore) throws -> [Ledger.DaemonKey] {
    try store.read { reader in
      try reader.list(ListQuery(type: "DaemonKey", filter: nil, afterKey: nil, limit: 10_000))
    }.map { try Ledger.DaemonKey(packed: $0.bytes, limits: .standard) }
  }

  private func record(_ id: String, _ store: any LedgerStore) throws -> Ledger.DaemonKey {
    guard let record = try records(store).first(where: { $0.id == id }) else {
      throw LedgerError.notFound("DaemonKey", id)
    }
    return record
  }

  private func write(_ keys: [Ledger.DaemonKey], _ store: any LedgerStore, actor: String) throws {
    if keys.isEmpty { return }
    _ = try store.write(actor: actor) { try $0.upsert(keys, field: "keys", checkCancellation: {}) }
  }

  private func lost(
    _ missing: [Ledger.DaemonKey], _ purpose: Ledger.KeyPurpose, held: [KeyMaterial]
  ) -> DaemonError {
    let file = "\(folder.path)/\(KeyFile.name(purpose))"
    let wanted = missing.map(\.id).joined(separator: ", ")
    let found = held.map(\.id).joined(separator: ", ")
    let what = purpose == .personalData ? ("封存了个人信息", "seals personal data") : ("签发了通行证", "signs passes")
    return DaemonError(
      .secret,
      "台账用密钥 \(wanted) \(what.0)，而密钥文件 \(file) \(found.isEmpty ? "不在" : "里是 \(found)")：拿错了密钥，或密钥丢了。请从备份放回；确已丢失，就用 --set keys.acceptLoss=true 启动一次",
      "the ledger \(what.1) with \(wanted), but \(file) \(found.isEmpty ? "is not there" : "holds \(found)"): the wrong key, or a lost one. "
        + "Put it back from a backup; if it is lost for good, start once with --set keys.acceptLoss=true")
  }
}

extension Ledger.EraseDuePersonalDataResponse {
  fileprivate mutating func add(_ counts: PersonalErasure.Counts) {
    records += UInt64(counts.records)
    deletedRecords += UInt64(counts.deletedRecords)
  }
}

private func exchange(_ value: inout Bool, with new: Bool) -> Bool {
  defer { value = new }
  return value
}
