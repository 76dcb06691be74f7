public import GuobanMessages

/// The ledger's storage, whatever engine is behind it.
///
/// Reads block the calling thread, which must not be an event loop; only ``cached(_:_:)`` is free of I/O and of waiting.
/// What waits for the store fails with ``StorageError/Code/misuse`` on the thread that calls completions and listeners,
/// where it would wait for itself.
/// There is one writer: write requests queue, are committed in groups, and are acknowledged when their group is on disk.
public protocol LedgerStore: Sendable {
  /// The record types that this store was opened with.
  var schemas: [RecordSchema] { get }

  /// The revision of the last change that is committed and on disk; 0 in an empty ledger.
  var revision: UInt64 { get }

  /// The record's bytes when they are in the cache. Never does I/O, callable on an event loop.
  func cached(_ type: String, _ key: String) -> [UInt8]?

  /// Runs `body` in one consistent read snapshot, on the calling thread.
  ///
  /// - Parameter isCancelled: soon after it says so, the reading is given up with ``StorageError/Code/cancelled``. It is
  ///   asked on the calling thread, while the engine reads; nil: nobody is asked.
  func read<Value>(isCancelled: (() -> Bool)?, _ body: (any LedgerReader) throws -> Value) throws -> Value

  /// Queues `write`. `completion` is called once, on a thread of the store, after the commit group is durable, or with
  /// the error of this request alone: a failing request never takes its group with it.
  ///
  /// A full queue completes at once with ``StorageError/Code/overloaded``. After completions their
  /// ``WriteRequest/batch`` is told. A completion must not wait for the store.
  func submit(_ write: WriteRequest, completion: @escaping @Sendable (Result<WriteOutcome, any Error>) -> Void)

  /// Has `listener` told of every commit after the revision that this gives: in order, once it is durable, before its
  /// writer hears of it, on a thread of the store that waits meanwhile. So it must be quick, and must not use the store.
  ///
  /// What ``load(_:)`` brings is not told. Listeners are let go when the store closes.
  func onCommit(_ listener: @escaping @Sendable ([Commit]) -> Void) -> UInt64

  /// Loads records and their change log into an empty ledger, verifying the chain: how a snapshot comes back.
  ///
  /// `next` gives the items one by one, records first, then what was folded, then changes, and nil at the end. All or
  /// nothing.
  func load(_ next: () throws -> LoadItem?) throws

  /// Removes the rows of the change log up to `revision`, some at a time, so that writers hardly wait. What they said of
  /// records that were there then is kept folded, ``LedgerReader/versions(of:at:afterKey:limit:)`` goes on telling it, and
  /// which requests they answered. Gives how many rows it removed.
  ///
  /// Whoever calls it has written down what was there (``LedgerState``). A call that is cut short is just made again.
  func compact(through revision: UInt64, checkCancellation: () throws -> Void) throws -> UInt64

  /// Finishes queued writes, checkpoints and closes. Later calls fail with ``StorageError/Code/closed``.
  func close() throws
}

extension LedgerStore {
  /// Runs `body` in one consistent read snapshot, to its end.
  public func read<Value>(_ body: (any LedgerReader) throws -> Value) throws -> Value {
    try read(isCancelled: nil, body)
  }
}

/// One consistent view of the ledger.
public protocol LedgerReader {
  /// The revision of this view.
  var revision: UInt64 { get throws }

  /// The hash of the last change in this view; 32 zero bytes in an empty ledger.
  var headHash: [UInt8] { get throws }

  /// One record's bytes.
  func record(_ type: String, _ key: String) throws -> [UInt8]?

  /// Whether there is such a record.
  func has(_ type: String, _ key: String) throws -> Bool

  /// Records of a type in key order.
  func list(_ query: ListQuery) throws -> [KeyedRecord]

  /// Whether a record of a type may have this text in a column. False is certain, and costs less than a list to say where
  /// there is an index for it; true where there is none.
  func mayHave(_ text: String, in column: String, of type: String) throws -> Bool

  /// A grouped query over a record type or a child source.
  func group(_ query: GroupQuery) throws -> GroupResult

  /// Changes after a revision, in order, at most `limit`, cut only between commits. One commit that is longer comes whole.
  func changes(after revision: UInt64, limit: Int) throws -> [Ledger.Change]

  /// The same within a bound: at most `limit` changes of at most `bytesMax` in all (but one, however long it is). Cut
  /// between commits where that is possible, and inside a commit that is longer.
  func changes(after revision: UInt64, limit: Int, bytesMax: Int) throws -> [Ledger.Change]

  /// The revision of the first change that the log still has, or will have when there is none.
  var oldestRevision: UInt64 { get throws }

  /// The end of the last commit that ended at or before `revision`, as far as the log goes back; nil when there is none.
  func commitEnd(atOrBefore revision: UInt64) throws -> UInt64?

  /// How the storage goes about a grouped query, for the curious.
  func plan(of query: GroupQuery) throws -> [String]

  /// Rows of the change log that meet conditions, newest first unless the query says otherwise.
  func changes(_ query: ChangeQuery) throws -> [Ledger.Change]

  /// The revision of the last commit that ended before the first change later than `second`, as far as the log goes back;
  /// nil when there is none.
  func commitEnd(before second: Int64) throws -> UInt64?

  /// The last change of one record; nil when the log has none.
  func lastChange(of type: String, _ key: String) throws -> Ledger.Change?

  /// What the log said at `revision`, which it must reach back to or be compacted to, of each record of a type in key order.
  /// `afterKey` is exclusive; empty from the start.
  func versions(of type: String, at revision: UInt64, afterKey: String, limit: Int) throws -> Part<RecordVersion>

  /// Records with everything that is stored of them, in key order: for verification. `afterKey` is exclusive; empty from the
  /// start.
  func rows(of type: String, afterKey: String, limit: Int) throws -> [StoredRow]

  /// Keys of rows in a type's child sources whose record is not there, and of records that an index does not lead to: for
  /// verification; none in a sound ledger.
  func strayKeys(of type: String, limit: Int) throws -> [String]

  /// Changes after a revision, up to another, that ``changes(_:)`` might not find although they meet its conditions: for
  /// verification; none in a sound ledger.
  func hiddenChanges(after revision: UInt64, through last: UInt64, limit: Int) throws -> [HiddenChange]

  /// What stands for compacted changes, in the order of types and keys.
  func foldedRecords(after last: FoldedRecord?, limit: Int) throws -> [FoldedRecord]

  /// Requests whose answers were compacted away, in the order of digests.
  func foldedRequests(after last: FoldedRequest?, limit: Int) throws -> [FoldedRequest]

  /// How many records of a type there are.
  func count(_ type: String) throws -> Int

  /// The data key of a record, unwrapped; nil when it has none.
  func dataKey(_ type: String, _ key: String) throws -> [UInt8]?

  /// Data keys of a type as the store keeps them, in key order, those of deleted records included.
  func wrappedKeys(_ type: String, after key: String?, limit: Int) throws -> [KeyedRecord]

  /// How many data keys ``LedgerWriter/destroyKeys(deletedBefore:limit:)`` would destroy in all.
  func countKeys(deletedBefore second: Int64) throws -> Int
}

extension LedgerReader {
  public func has(_ type: String, _ key: String) throws -> Bool { try record(type, key) != nil }
}

/// What a write request sees while it runs, alone, on the writer.
public protocol LedgerWriter: LedgerReader {
  /// The revision that the next ``put(_:operation:)`` or ``delete(_:_:)`` will have.
  var nextRevision: UInt64 { get }

  /// The time of this request, as it will stand in the change log.
  var time: Google.Timestamp { get }

  /// Who asked.
  var actor: String { get }

  /// Whether what is written here will be undone in any case, and leaves no trace.
  var isTrial: Bool { get }

  /// Has this request known by its id also when it changes nothing: done once more later, it would undo what others wrote
  /// meanwhile. Who is answered so must be able to answer from no changes.
  func rememberRequest()

  /// Writes one record and its row in the change log. What it creates must not be there.
  func put(_ record: StoredRecord, operation: Ledger.ChangeOperation) throws

  /// Deletes one record and writes the row in the change log. False when there was none. Its data key stays for whoever
  /// brings the record back, until ``destroyKeys(deletedBefore:limit:)``.
  func delete(_ type: String, _ key: String) throws -> Bool

  /// The greatest key of a type that begins with `prefix`, in the order of UTF-8; nil when none does.
  func lastKey(of type: String, prefix: String) throws -> String?

  /// A record, anywhere in the ledger, that refers to this one; nil when there is none.
  func referrer(of type: String, _ key: String, schemas: [RecordSchema]) throws -> Referrer?

  /// Writes a row in the change log that changes no record: see ``ChangeOperation/writesRecord``.
  func note(_ operation: Ledger.ChangeOperation, _ type: String, _ key: String, note: String) throws

  /// Wraps a data key anew, with the key that wraps now. Nothing when the record has none.
  func rewrapKey(_ type: String, _ key: String) throws

  /// Destroys data keys of records that were deleted before `second` (since 1970). Says whose.
  func destroyKeys(deletedBefore second: Int64, limit: Int) throws -> [RecordName]
}

/// A record that refers to another.
public struct Referrer: Sendable {
  public var type: String
  /// The column that refers.
  public var column: String
  /// Nil when the caller may not know which it is.
  public var key: String?
}

extension LedgerWriter {
  public func referrer(of type: String, _ key: String, schemas: [RecordSchema]) throws -> Referrer? {
    for schema in schemas {
      for column in schema.columns where column.references == type {
        let users = ListQuery(
          type: schema.name, filter: .compare(column: column.name, .equal, .text(key)), afterKey: nil, limit: 2)
        if let user = try list(users).first(where: { !(schema.name == type && $0.key == key) }) {
          return Referrer(type: schema.name, column: column.name, key: user.key)
        }
      }
    }
    return nil
  }
}

/// Where completions of writes leave what is handed on for many of them at once. Whoever calls a completion calls
/// ``deliver()`` soon after it, or after some of them.
public protocol CompletionBatch: AnyObject, Sendable {
  /// Hands on what completions have left here. Any thread.
  func deliver()
}

/// Something to be written atomically.
public final class WriteRequest: Sendable {
  /// Who asks: goes into the change log.
  public let actor: String
  /// Empty, or what makes a retry return the first answer; unique per actor.
  public let requestID: String
  /// SHA-256 of method and request: a `requestID` that comes again with another digest is refused.
  public let requestDigest: [UInt8]
  /// See ``LedgerWriter/isTrial``; whoever asks for it throws at the end of `body`.
  public let isTrial: Bool
  /// Names the call in logs; empty when it comes from no call. Not stored.
  public let callID: String
  /// Where ``LedgerStore/submit(_:completion:)``'s completion leaves something; nil when it does not.
  public let batch: (any CompletionBatch)?
  /// Checked on the writer before anything is done: a cancelled or late request is dropped, with the error it throws.
  public let admit: @Sendable () throws -> Void
  /// Runs on the writer; what it throws undoes this request alone. It may run a second time, from the start, when another
  /// request of its group fails: what it hands out must be what the last run says.
  public let body: @Sendable (any LedgerWriter) throws -> Void

  /// A write on behalf of `actor`.
  public init(
    actor: String, requestID: String, requestDigest: [UInt8], isTrial: Bool = false, callID: String = "",
    batch: (any CompletionBatch)? = nil, admit: @escaping @Sendable () throws -> Void,
    body: @escaping @Sendable (any LedgerWriter) throws -> Void
  ) {
    self.actor = actor
    self.requestID = requestID
    self.requestDigest = requestDigest
    self.isTrial = isTrial
    self.callID = callID
    self.batch = batch
    self.admit = admit
    self.body = body
  }

  /// The same request with another body.
  public func with(_ body: @escaping @Sendable (any LedgerWriter) throws -> Void) -> WriteRequest {
    WriteRequest(
      actor: actor, requestID: requestID, requestDigest: requestDigest, isTrial: isTrial, callID: callID, batch: batch,
      admit: admit, body: body)
  }
}

/// What became of a write.
public struct WriteOutcome: Sendable {
  /// The changes that this request made, now or, when ``replayed``, the first time.
  public var changes: [Ledger.Change]
  /// The request was done before under this id; its body did not run again.
  public var replayed: Bool
  /// The ledger's revision after this request.
  public var revision: UInt64

  /// Puts an outcome together.
  public init(changes: [Ledger.Change], replayed: Bool, revision: UInt64) {
    self.changes = changes
    self.replayed = replayed
    self.revision = revision
  }
}

/// An item of a ledger that is being loaded.
public enum LoadItem: Sendable {
  case record(StoredRecord)
  case folded(FoldedRecord)
  case foldedRequest(FoldedRequest)
  case change(Ledger.Change)
}

/// A record of a known type.
public struct KeyedRecord: Sendable, Equatable {
  public var key: String
  public var bytes: [UInt8]

  /// Pairs a key with its bytes.
  public init(key: String, bytes: [UInt8]) {
    self.key = key
    self.bytes = bytes
  }
}
