internal import CProtobufC

/// A generated message: it knows its C struct and how to move to and from it.
protocol CMessage: Message {
  associatedtype C

  /// protobuf-c's description of the message.
  static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { get }

  /// Copies everything out of an unpacked C struct.
  init(c: UnsafePointer<C>)

  /// Initialises `c` and all it points to, with memory from `arena`.
  func fill(_ c: UnsafeMutablePointer<C>, _ arena: PackArena)
}
