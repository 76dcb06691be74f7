internal import CProtobufC

/// Memory for the C structs of one message while it is packed. All of it is freed by `end`.
///
/// It has no budget: what is packed is this process's own. When the machine is out of memory it traps, as Swift's own
/// collections do.
struct PackArena {
  // Safety: owned by the one caller of `init`, which calls `end` once, on the same thread, after the last use.
  private let arena: OpaquePointer

  init() {
    guard let arena = guoban_arena_begin(Int.max) else { preconditionFailure("the machine is out of memory") }
    self.arena = arena
  }

  func end() {
    guoban_arena_end(arena)
  }

  func allocate<T>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    guard let bytes = guoban_arena_alloc(arena, MemoryLayout<T>.stride * count) else {
      preconditionFailure("the machine is out of memory")
    }
    return bytes.bindMemory(to: T.self, capacity: count)
  }

  /// A NUL-terminated copy; a NUL inside becomes U+FFFD.
  func string(_ value: String) -> UnsafeMutablePointer<CChar> {
    var value = value
    return value.withUTF8 { utf8 in
      // Safety: CChar and UInt8 have one layout; the C function reads `count` bytes and keeps no pointer to them.
      let start = UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
      guard let copy = guoban_arena_string(arena, start, utf8.count) else {
        preconditionFailure("the machine is out of memory")
      }
      return copy
    }
  }

  func bytes(_ value: [UInt8]) -> ProtobufCBinaryData {
    guard !value.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    return ProtobufCBinaryData(len: value.count, data: scalars(value))
  }

  func message<M: CMessage>(_ value: M?) -> UnsafeMutablePointer<M.C>? {
    guard let value else { return nil }
    let c = allocate(M.C.self, count: 1)
    value.fill(c, self)
    return c
  }

  func messages<M: CMessage>(_ values: [M]) -> UnsafeMutablePointer<UnsafeMutablePointer<M.C>?>? {
    pointers(values) { message($0) }
  }

  func strings(_ values: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    pointers(values) { string($0) }
  }

  /// A map's entries in the order of their keys' UTF-8 bytes.
  func entries<Entry>(
    _ map: [String: String],
    _ fill: (UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CChar>) -> Void
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>? {
    let sorted = map.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return pointers(sorted) { key, value in
      let entry = allocate(Entry.self, count: 1)
      fill(entry, string(key), string(value))
      return entry
    }
  }

  func byteStrings(_ values: [[UInt8]]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    list(values) { bytes($0) }
  }

  func scalars<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T>? {
    guard !values.isEmpty else { return nil }
    let copy = allocate(T.self, count: values.count)
    values.withUnsafeBufferPointer { values in
      if let base = values.baseAddress { copy.initialize(from: base, count: values.count) }
    }
    return copy
  }

  func bools(_ values: [Bool]) -> UnsafeMutablePointer<protobuf_c_boolean>? {
    list(values) { $0 ? 1 : 0 }
  }

  func enums<E: OpenEnum, C: RawRepresentable<UInt32>>(_ values: [E]) -> UnsafeMutablePointer<C>? {
    let copy: UnsafeMutablePointer<Int32>? = list(values) { $0.rawValue }
    // Safety: C's enums are 32 bits wide (PROTOBUF_C__FORCE_ENUM_TO_BE_INT_SIZE), whatever their values.
    return copy.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: C.self) }
  }

  private func pointers<Value, T>(
    _ values: [Value], _ make: (Value) -> UnsafeMutablePointer<T>?
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<T>?>? {
    list(values, make)
  }

  private func list<Value, T>(_ values: [Value], _ make: (Value) -> T) -> UnsafeMutablePointer<T>? {
    guard !values.isEmpty else { return nil }
    let copy = allocate(T.self, count: values.count)
    for (index, value) in values.enumerated() {
      (copy + index).initialize(to: make(value))
    }
    return copy
  }
}
