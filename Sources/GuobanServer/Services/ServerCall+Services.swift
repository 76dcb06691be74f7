internal import Crypto
internal import GuobanAccess
internal import GuobanLedger
internal import GuobanMessages
internal import GuobanModel
internal import GuobanStorage
internal import GuobanWire
internal import NIOCore
internal import Synchronization

extension ServerCall {
  /// The request, read; nil after the call was failed because it cannot be.
  func request<Request: Message>(_ type: Request.Type, limits: DecodeLimits) -> Request? {
    do throws(DecodeError) {
      return try Request(packed: message, limits: limits)
    } catch {
      fail(Status(error))
      return nil
    }
  }

  /// Writes, and replies when it is durable.
  ///
  /// - Parameters:
  ///   - digest: what makes a retry the same request; nil for the request's own bytes.
  ///   - replay: the reply to a request that was done before, from the changes it made then; runs on a worker.
  ///   - done: what the request does beside the ledger, once it is durable; not for one that was only validated.
  ///   - body: runs on the writer, perhaps twice, and may still be undone; returns the reply.
  func write(
    to store: any LedgerStore, requestID: String, validateOnly: Bool, digest: @autoclosure () -> [UInt8]? = nil,
    replay: @escaping @Sendable (WriteOutcome) throws -> [UInt8],
    done: (@Sendable (WriteOutcome) -> Void)? = nil,
    body: @escaping @Sendable (any LedgerWriter) throws -> [UInt8]
  ) {
    write(
      to: store, requestID: requestID, validateOnly: validateOnly, digest: digest(), replay: replay, done: done,
      answering: { writer in
        let reply = try body(writer)
        return { reply }
      })
  }

  /// The same with a reply that is packed when the write is durable: whoever writes next need not wait for that.
  func write<Reply: Message>(
    to store: any LedgerStore, requestID: String, validateOnly: Bool, digest: @autoclosure () -> [UInt8]? = nil,
    replay: @escaping @Sendable (WriteOutcome) throws -> [UInt8],
    replying body: @escaping @Sendable (any LedgerWriter) throws -> Reply
  ) {
    write(
      to: store, requestID: requestID, validateOnly: validateOnly, digest: digest(), replay: replay, done: nil,
      answering: { writer in
        let reply = try body(writer)
        return { reply.packed() }
      })
  }

  private func write(
    to store: any LedgerStore, requestID: String, validateOnly: Bool, digest: @autoclosure () -> [UInt8]?,
    replay: @escaping @Sendable (WriteOutcome) throws -> [UInt8], done: (@Sendable (WriteOutcome) -> Void)?,
    answering body: @escaping @Sendable (any LedgerWriter) throws -> @Sendable () -> [UInt8]
  ) {
    let answer = Mutex<@Sendable () -> [UInt8]>({ [] })
    let submitted = NIODeadline.now()
    let request = WriteRequest(
      actor: principal.name, requestID: validateOnly ? "" : requestID,
      requestDigest: requestID.isEmpty ? [] : digest() ?? messageDigest(), isTrial: validateOnly,
      callID: self.requestID, batch: outlet.batch,
      admit: { try self.checkCancellation() }
    ) { writer in
      let reply = try body(writer)
      if validateOnly { throw ValidatedOnly(reply: reply) }
      answer.withLock { $0 = reply }
    }
    store.submit(request) { result in
      self.spent(storage: .now() - submitted)
      do {
        let outcome = try result.get()
        done?(outcome)
        // It may read, and the thread that tells of commits must not wait for what it has yet to tell.
        if outcome.replayed { return self.onWorker { $0.reply(try replay(outcome)) } }
        self.reply(answer.withLock { $0 }(), inBatch: true)
      } catch let validated as ValidatedOnly {
        self.reply(validated.reply(), inBatch: true)
      } catch {
        self.fail(Status(ending: error), inBatch: true)
      }
    }
  }

  /// SHA-256 of method and parts: what makes a retry the same request where the message has personal data, which must be
  /// masked in the parts. The digest stands in the change log for good: from one over plain values, and all the rest of
  /// the request, a telephone number is found by trying.
  func maskedDigest(_ parts: [[UInt8]]) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(method.utf8))
    hash.update(data: [0])
    for part in parts {
      hash.update(data: BigEndian.bytes(UInt64(part.count)))
      hash.update(data: part)
    }
    return Array(hash.finalize())
  }

  /// SHA-256 of method and message: what makes a retry the same request.
  private func messageDigest() -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(method.utf8))
    hash.update(data: [0])
    hash.update(data: message)
    return Array(hash.finalize())
  }
}

extension Status {
  /// One field of a request is wrong.
  static func wrong(
    _ field: String, _ value: String, _ reason: String, _ description: String, _ englishDescription: String
  ) -> Status {
    .invalidArgument(violations: [
      FieldViolation(field: field, value: value, reason: reason, description, englishDescription)
    ])
  }

  /// A request names more than one call takes.
  static func tooMany(_ count: Int, _ field: String, max: Int) -> Status {
    wrong(
      field, "\(count)", "TOO_MANY", "有 \(count) 条，一次最多 \(max) 条；请分批",
      "has \(count); at most \(max) at a time, please make several requests of it"
    ).reason("TOO_MANY")
  }

  /// There is no such record type among these.
  static func unknownType(_ name: String, among definitions: [RecordDefinition]) -> Status {
    let known = definitions.map(\.name).joined(separator: ", ")
    return wrong(
      "record_type", name, "UNKNOWN_TYPE", "没有记录类型“\(name)”；可用的有：\(known)",
      "there is no record type “\(name)”; there are: \(known)")
  }
}

/// Undoes a write that was only to be validated, and carries its reply out.
private struct ValidatedOnly: Error {
  var reply: @Sendable () -> [UInt8]
}

extension WriteOutcome {
  /// The record as the first (and for most requests only) change left it.
  func firstRecord() throws -> [UInt8] {
    guard let change = changes.first else {
      throw Status(.internalError, "这个请求以前没有留下改动", "this request left no change when it was done")
    }
    return change.record
  }
}
