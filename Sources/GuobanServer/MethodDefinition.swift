public import GuobanModel

/// One method that the server offers.
public struct MethodDefinition: Sendable {
  /// gRPC's full name: `/guoban.v1.PassService/VerifyPass`.
  public var name: String
  /// Many messages come back rather than one.
  public var serverStreaming: Bool
  /// What the caller must be allowed to do; nil lets every caller who was let in.
  public var permission: Permission?
  /// Runs on the connection's event loop and must not block it: see ``ServerCall/onWorker(_:)``.
  public var handler: @Sendable (ServerCall) -> Void

  /// A method.
  public init(
    _ name: String, serverStreaming: Bool = false, permission: Permission?,
    handler: @escaping @Sendable (ServerCall) -> Void
  ) {
    self.name = name
    self.serverStreaming = serverStreaming
    self.permission = permission
    self.handler = handler
  }
}
