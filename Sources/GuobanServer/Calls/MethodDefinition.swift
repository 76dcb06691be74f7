internal import GuobanMessages
public import GuobanModel
internal import GuobanWire

/// One method that the server offers.
public struct MethodDefinition: Sendable {
  /// Its number in Hello, from 1; 0 until a server offers it.
  var id = 0
  /// gRPC's full name: `/guoban.v1.PassService/VerifyPass`.
  public let name: String
  /// Many messages may come from the client rather than one.
  public var clientStreaming: Bool
  /// Many messages may go back rather than one.
  public var serverStreaming: Bool
  /// What the caller must be allowed to do.
  public let permission: Permission
  /// Health and administration: exempt from the limits on load, so that a daemon that is overwhelmed can still be looked
  /// at and mended.
  let isEssential: Bool
  /// Runs on the connection's event loop and must not block it: see ``ServerCall/onWorker(_:)``.
  public var handler: @Sendable (ServerCall) -> Void

  /// A method as Proto/ declares it: its streams and its permission stand there. One that is not declared, or declares
  /// no permission, is our bug.
  public init(_ name: String, handler: @escaping @Sendable (ServerCall) -> Void) {
    guard let method = DeclaredMethods.all[name] else { preconditionFailure("\(name) is not in Proto/") }
    guard let permission = method.permission.declared else { preconditionFailure("\(name) declares no permission") }
    self.init(
      name, clientStreaming: method.clientStreaming, serverStreaming: method.serverStreaming, permission: permission,
      handler: handler)
  }

  /// A method that Proto/ does not know.
  public init(
    _ name: String, clientStreaming: Bool = false, serverStreaming: Bool = false, permission: Permission,
    handler: @escaping @Sendable (ServerCall) -> Void
  ) {
    self.name = name
    self.clientStreaming = clientStreaming
    self.serverStreaming = serverStreaming
    self.permission = permission
    isEssential = name.hasPrefix(Self.healthPrefix) || permission == .observe || permission == .manageAccess
    self.handler = handler
  }

  /// Many messages one way or the other.
  var isStreaming: Bool { clientStreaming || serverStreaming }

  private static let healthPrefix = "/grpc.health.v1.Health/"
}

/// The methods of every service in Proto/.
enum DeclaredMethods {
  static let all: [String: DescriptorPool.Method] = {
    do {
      let pool = try DescriptorPool(fileDescriptorSet: DescriptorSet.packed, bytesMax: DescriptorSet.packed.count)
      return Dictionary(uniqueKeysWithValues: pool.methods.map { ($0.name, $0) })
    } catch {
      preconditionFailure("the descriptor set that was built in cannot be read: \(error)")
    }
  }()
}

extension RPC.Permission {
  /// The permission of the same name; nil when the method declares none.
  var declared: Permission? {
    Permission.allCases.first { permission in
      permission.rawValue.filter { $0 != "_" }.lowercased() == name.filter { $0 != "_" }.lowercased()
    }
  }
}
