internal import CProtobufC

/// Checks, unpacks and copies out a message.
func decode<M: CMessage>(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(DecodeError) -> M {
  // Safety: the C functions read `bytes.count` bytes and keep no pointer to them.
  let data = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  let memoryBytes = try check(data, bytes.count, M.self, limits)
  guard let arena = guoban_arena_begin(memoryBytes) else { throw outOfMemory(M.self) }
  defer { guoban_arena_end(arena) }
  guard let c = protobuf_c_message_unpack(M.descriptor, guoban_arena_allocator(arena), bytes.count, data) else {
    throw outOfMemory(M.self)
  }
  // Safety: protobuf-c made this struct from M's own descriptor; the arena lives until the values are copied out.
  return M(c: UnsafeRawPointer(c).assumingMemoryBound(to: M.C.self))
}

/// Runs the guard; returns how much memory protobuf-c will ask for.
private func check<M: CMessage>(
  _ data: UnsafePointer<UInt8>?, _ count: Int, _ type: M.Type, _ limits: DecodeLimits
) throws(DecodeError) -> Int {
  var cLimits = guoban_guard_limits(
    message_bytes_max: max(0, limits.messageBytesMax), depth_max: max(0, limits.depthMax),
    elements_max: max(0, limits.elementsMax), unknown_fields_max: max(0, limits.unknownFieldsMax),
    memory_bytes_max: max(0, limits.memoryBytesMax))
  var memoryBytes = 0
  var error = guoban_guard_error()
  guard guoban_guard_check(M.descriptor, data, count, &cLimits, &memoryBytes, &error) == GUOBAN_GUARD_OK else {
    throw DecodeError(error, name: M.fullName, bytes: count, limits: limits)
  }
  return memoryBytes
}

/// The guard has accepted the bytes and computed the memory, so nothing else is left to fail.
private func outOfMemory<M: CMessage>(_ type: M.Type) -> DecodeError {
  DecodeError(code: .tooMuchMemory, field: "", offset: 0, message: "\(M.fullName): the machine is out of memory")
}
