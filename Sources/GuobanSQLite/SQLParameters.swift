internal import GRDBSQLite
internal import GuobanStorage

/// What is bound to a statement for one run, added in the order of its parameters.
///
/// Texts and blobs are copied to a space beside the statement, where SQLite reads them: a copy each, but no allocation.
/// What finds no room there SQLite copies for itself.
///
/// Safety: valid only inside the closure that ``GRDB/Database/run(_:isCached:bind:row:)`` hands it to; nothing stores it.
struct SQLParameters: ~Copyable {
  /// Swift keeps no larger one on the stack.
  static let spaceBytes = 1024

  /// How many there are.
  private(set) var count: CInt = 0
  /// Of the first that SQLite refused.
  private(set) var code = SQLITE_OK
  private let statement: OpaquePointer
  private let space: UnsafeMutableRawBufferPointer
  private var place = 0

  init(of statement: OpaquePointer, in space: UnsafeMutableRawBufferPointer) {
    self.statement = statement
    self.space = space
  }

  mutating func addNull() {
    note(sqlite3_bind_null(statement, next()))
  }

  mutating func add(_ integer: Int64) {
    note(sqlite3_bind_int64(statement, next(), integer))
  }

  mutating func add(revision: UInt64) {
    add(SQLValue(revision: revision))
  }

  mutating func add(_ text: String) {
    var text = text
    let index = next()
    let code = text.withUTF8 { utf8 in
      var (start, destructor) = settle(UnsafeRawBufferPointer(utf8))
      // An empty text is a text, at any address; a nil pointer would bind NULL.
      if utf8.isEmpty { start = UnsafeRawPointer(space.baseAddress) }
      guard let start else { return SQLITE_NOMEM }
      let characters = start.assumingMemoryBound(to: CChar.self)
      return sqlite3_bind_text64(
        statement, index, characters, sqlite3_uint64(utf8.count), destructor, UInt8(SQLITE_UTF8))
    }
    note(code)
  }

  mutating func add(_ blob: [UInt8]) {
    let index = next()
    let code = blob.withUnsafeBytes { bytes in
      let (start, destructor) = settle(bytes)
      guard let start else { return sqlite3_bind_zeroblob(statement, index, 0) }
      return sqlite3_bind_blob64(statement, index, start, sqlite3_uint64(bytes.count), destructor)
    }
    note(code)
  }

  mutating func add(_ value: SQLValue) {
    switch value {
    case .null: addNull()
    case .integer(let integer): add(integer)
    case .text(let text): add(text)
    case .blob(let bytes): add(bytes)
    }
  }

  /// A projected column as it is stored.
  mutating func add(_ value: ColumnValue) { add(SQLValue(value)) }

  /// Safety: SQLITE_TRANSIENT, spelled as its numeric value: SQLite copies, and calls nothing.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  /// Where SQLite reads the bytes, and whether it copies them; nil for none.
  ///
  /// Safety: no destructor means that SQLite reads the space itself, which lives until the bindings are cleared.
  private mutating func settle(
    _ bytes: UnsafeRawBufferPointer
  ) -> (start: UnsafeRawPointer?, destructor: sqlite3_destructor_type?) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return (nil, nil) }
    guard place + bytes.count <= space.count else { return (start, Self.transient) }
    let part = UnsafeMutableRawBufferPointer(rebasing: space[place..<place + bytes.count])
    part.copyMemory(from: bytes)
    place += bytes.count
    return (part.baseAddress.map { UnsafeRawPointer($0) }, nil)
  }

  private mutating func next() -> CInt {
    count += 1
    return count
  }

  private mutating func note(_ result: CInt) {
    if code == SQLITE_OK { code = result }
  }
}
