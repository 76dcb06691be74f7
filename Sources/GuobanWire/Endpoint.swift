/// Where a server listens and a client connects.
public enum Endpoint: Sendable, Hashable {
  /// A Unix socket.
  case unix(path: String)
  /// A TCP address; port 0 lets the system choose when listening.
  case tcp(host: String, port: Int)
}

extension Endpoint: CustomStringConvertible {
  /// `unix:/run/guoban/guoban.sock`, `tcp:127.0.0.1:7613`; what ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
    }
  }
}

extension Endpoint {
  /// Reads `unix:PATH`, a bare path with a slash in it, `tcp:HOST:PORT` or `HOST:PORT`; IPv6 hosts in brackets.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      self.init(path: text.dropFirst("unix:".count))
    } else if text.hasPrefix("tcp:") {
      self.init(hostAndPort: text.dropFirst("tcp:".count))
    } else if text.contains("/") {
      self.init(path: text[...])
    } else {
      self.init(hostAndPort: text[...])
    }
  }

  private init?(path: Substring) {
    guard !path.isEmpty else { return nil }
    self = .unix(path: String(path))
  }

  private init?(hostAndPort text: Substring) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self = .tcp(host: String(host), port: Int(port))
  }
}
