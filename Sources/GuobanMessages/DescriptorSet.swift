internal import GuobanProto

/// The descriptions of all messages and services, as `protoc` writes them.
public enum DescriptorSet {
  /// A packed `google.protobuf.FileDescriptorSet` with every import.
  // Safety: the C constant has as many bytes as its size says, and lives for ever.
  public static let packed = [UInt8](
    UnsafeBufferPointer(start: guoban_descriptor_set_pointer(), count: Int(guoban_descriptor_set_size)))
}
