internal import CProtobufC

/// Checks, unpacks and copies out a message.
func decode<M: CMessage>(_ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits) throws(DecodeError) -> M {
  guard let arena = guoban_arena_begin(limits.memoryBytesMax) else {
    throw DecodeError(code: .limitExceeded, field: "", offset: 0, message: "out of memory")
  }
  defer { guoban_arena_end(arena) }
  let data = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  guard let c = protobuf_c_message_unpack(M.descriptor, guoban_arena_allocator(arena), bytes.count, data) else {
    throw DecodeError(code: .malformed, field: "", offset: 0, message: "malformed \(M.fullName)")
  }
  // Safety: protobuf-c made this struct from M's own descriptor; the arena lives until the values are copied out.
  return M(c: UnsafeRawPointer(c).assumingMemoryBound(to: M.C.self))
}
