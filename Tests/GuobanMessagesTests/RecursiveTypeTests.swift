import CProtobufC
import Testing

/// A type that holds itself, which no message of ours does: what a frame of 100 000 levels would need.
@Suite struct RecursiveTypeTests {
  /// `message Node { Node child = 1; }`, described by hand. Leaked: a test's worth of bytes.
  private static func node() -> UnsafePointer<ProtobufCMessageDescriptor> {
    let descriptor = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
    let field = UnsafeMutablePointer<ProtobufCFieldDescriptor>.allocate(capacity: 1)
    let ranges = UnsafeMutablePointer<ProtobufCIntRange>.allocate(capacity: 2)
    let name = UnsafeMutablePointer<CChar>.allocate(capacity: 6)
    for (index, byte) in Array("child\0".utf8).enumerated() { name[index] = CChar(byte) }
    ranges[0] = ProtobufCIntRange(start_value: 1, orig_index: 0)
    ranges[1] = ProtobufCIntRange(start_value: 0, orig_index: 1)
    field.initialize(to: ProtobufCFieldDescriptor())
    field.pointee.name = UnsafePointer(name)
    field.pointee.id = 1
    field.pointee.label = PROTOBUF_C_LABEL_NONE
    field.pointee.type = PROTOBUF_C_TYPE_MESSAGE
    field.pointee.offset = UInt32(MemoryLayout<ProtobufCMessage>.size)
    field.pointee.descriptor = UnsafeRawPointer(descriptor)
    descriptor.initialize(to: ProtobufCMessageDescriptor())
    descriptor.pointee.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    descriptor.pointee.name = UnsafePointer(name)
    descriptor.pointee.sizeof_message = MemoryLayout<ProtobufCMessage>.size + 8
    descriptor.pointee.n_fields = 1
    descriptor.pointee.fields = UnsafePointer(field)
    descriptor.pointee.n_field_ranges = 1
    descriptor.pointee.field_ranges = UnsafePointer(ranges)
    return UnsafePointer(descriptor)
  }

  /// `levels` messages, one in the other. Lengths of inner messages are known from the inside out.
  private func nested(levels: Int) -> [UInt8] {
    var reversed: [UInt8] = []
    for _ in 1..<levels {
      var length: [UInt8] = []
      appendVarint(UInt64(reversed.count), to: &length)
      reversed += length.reversed() + [0x0A]
    }
    return reversed.reversed()
  }

  private func check(
    _ bytes: [UInt8], depthMax: Int, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> (reason: guoban_guard_reason, path: String) {
    var limits = guoban_guard_limits(
      message_bytes_max: .max, depth_max: depthMax, elements_max: 10, unknown_fields_max: 10, memory_bytes_max: .max)
    var memory = 0
    var error = guoban_guard_error()
    let reason = guoban_guard_check(descriptor, bytes, bytes.count, &limits, &memory, &error)
    let path = withUnsafeBytes(of: error.path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return (reason, path)
  }

  @Test func nestingIsRefusedPastTheLimitHoweverDeepItIs() {
    let node = Self.node()
    #expect(check(nested(levels: 16), depthMax: 16, node).reason == GUOBAN_GUARD_OK)
    #expect(check(nested(levels: 17), depthMax: 16, node).reason == GUOBAN_GUARD_DEPTH)
    #expect(check(nested(levels: 3), depthMax: 2, node).path == "child.child")
    // The guard's own stack ends at 64, whatever the limit says.
    #expect(check(nested(levels: 64), depthMax: .max, node).reason == GUOBAN_GUARD_OK)
    #expect(check(nested(levels: 65), depthMax: .max, node).reason == GUOBAN_GUARD_DEPTH)
    let frame = nested(levels: 16_000)
    #expect((50_000...60_000).contains(frame.count))
    #expect(check(frame, depthMax: 16, node).reason == GUOBAN_GUARD_DEPTH)
    let deepest = check(nested(levels: 100_000), depthMax: .max, node)
    #expect(deepest.reason == GUOBAN_GUARD_DEPTH)
    #expect(deepest.path.utf8.count < 256)
  }
}
