internal import Glibc
internal import GuobanAccess
internal import NIOCore

extension Peer {
  /// Asks the kernel who is at the other end.
  static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
    guard let address = channel.remoteAddress, address.protocol == .unix else {
      let address = channel.remoteAddress
      return channel.eventLoop.makeSucceededFuture(.tcp(address: address?.ipAddress ?? "?", port: address?.port ?? 0))
    }
    guard let options = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    // Safety: SO_PEERCRED fills a `struct ucred`, which is these three 32-bit numbers in this order (unix(7)).
    let credentials: EventLoopFuture<(pid: Int32, uid: UInt32, gid: UInt32)> = options.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return credentials.map { .unix(Credentials(userID: $0.uid, groupID: $0.gid, processID: $0.pid)) }
  }
}
