internal import Glibc
internal import GuobanWire

/// The sockets that systemd listens on for the daemon and passes at its start (sd_listen_fds(3)).
///
/// Each is looked at before it is used: a listening stream socket, whose name says what is spoken on it. `tls` is TLS; a
/// Unix or TCP socket of any other name is plain. A passed socket takes the place of the daemon's own of the same kind.
struct PassedSockets {
  /// One of them.
  struct Passed: Equatable {
    let descriptor: Int32
    let endpoint: Endpoint
  }

  let sockets: [Passed]

  /// The file descriptor of the first.
  static let firstDescriptor: Int32 = 3
  /// More than this is a mistake.
  static let countMax: Int32 = 16
  /// The FileDescriptorName= of a TLS socket.
  static let tlsName = "tls"

  /// What the environment names; nothing when it speaks of another process.
  init(environment: [String: String], processID: Int32 = getpid()) throws(DaemonError) {
    guard let count = environment["LISTEN_FDS"], environment["LISTEN_PID"].flatMap({ Int32($0) }) == processID else {
      sockets = []
      return
    }
    guard let count = Int32(count), (0...Self.countMax).contains(count) else {
      throw DaemonError(
        .listen, "LISTEN_FDS 应是 0 到 \(Self.countMax) 的数，不是“\(count)”",
        "LISTEN_FDS must be a number from 0 to \(Self.countMax), not \"\(count)\"")
    }
    let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
    var sockets: [Passed] = []
    for index in 0..<count {
      let name = Int(index) < names.count ? String(names[Int(index)]) : ""
      sockets.append(try Self.look(Self.firstDescriptor + index, name))
    }
    self.sockets = sockets
  }

  /// Whether one of the kind of `endpoint` was passed.
  func replaces(_ endpoint: Endpoint) -> Bool {
    sockets.contains { passed in
      switch (passed.endpoint, endpoint) {
      case (.unix, .unix), (.tcp, .tcp), (.tls, .tls): true
      default: false
      }
    }
  }

  private static func look(_ descriptor: Int32, _ name: String) throws(DaemonError) -> Passed {
    // Reporters that the daemon starts have no business with it.
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw refused(descriptor, name, "没有打开", "not open") }
    guard option(descriptor, SO_TYPE) == Int32(SOCK_STREAM.rawValue), option(descriptor, SO_ACCEPTCONN) == 1 else {
      throw refused(descriptor, name, "不是正在监听的流套接字", "not a listening stream socket")
    }
    guard let endpoint = address(descriptor, isTLS: name == tlsName) else {
      throw refused(
        descriptor, name, "不是 Unix、IPv4 或 IPv6 套接字，或 Unix 套接字用了 tls 这个名字",
        "neither Unix, IPv4 nor IPv6, or a Unix socket named tls")
    }
    return Passed(descriptor: descriptor, endpoint: endpoint)
  }

  private static func option(_ descriptor: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private static func address(_ descriptor: Int32, isTLS: Bool) -> Endpoint? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // Safety: the kernel writes at most `length` bytes of the storage, which outlives the call.
    let isNamed = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    guard isNamed else { return nil }
    let bytes = withUnsafeBytes(of: storage) { Array($0.prefix(Int(min(length, socklen_t($0.count))))) }
    switch Int32(storage.ss_family) {
    case AF_UNIX where !isTLS: return .unix(path: unixPath(bytes))
    case AF_INET where bytes.count >= 8:
      return tcp(bytes[4..<8].map { "\($0)" }.joined(separator: "."), port(bytes), isTLS)
    case AF_INET6 where bytes.count >= 24: return tcp(ipv6(Array(bytes[8..<24])), port(bytes), isTLS)
    default: return nil
    }
  }

  /// `sun_path` after the family; one of the abstract name space begins with a NUL, shown as `@`.
  private static func unixPath(_ bytes: [UInt8]) -> String {
    let path = bytes.dropFirst(MemoryLayout<sa_family_t>.size)
    if path.first == 0 { return "@" + String(decoding: path.dropFirst(), as: UTF8.self) }
    return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func port(_ bytes: [UInt8]) -> Int { Int(bytes[2]) << 8 | Int(bytes[3]) }

  private static func tcp(_ host: String, _ port: Int, _ isTLS: Bool) -> Endpoint {
    isTLS ? .tls(host: host, port: port) : .tcp(host: host, port: port)
  }

  private static func ipv6(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "::" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func refused(_ descriptor: Int32, _ name: String, _ chinese: String, _ english: String) -> DaemonError
  {
    DaemonError(
      .listen, "systemd 传来的第 \(descriptor) 号套接字（\(name)）不能用：\(chinese)；请查 .socket 单元",
      "the socket passed as descriptor \(descriptor) (\(name)) cannot be used: \(english); look at the .socket unit")
  }
}
