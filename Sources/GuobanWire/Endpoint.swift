/// Where a server listens and a client connects.
public enum Endpoint: Sendable, Hashable {
  /// A Unix socket.
  case unix(path: String)
  /// A TCP address; port 0 lets the system choose when listening.
  case tcp(host: String, port: Int)
  /// TLS over TCP. A client checks the certificate against `host`.
  case tls(host: String, port: Int)
}

extension Endpoint: CustomStringConvertible {
  /// `unix:/run/guoban/guoban.sock`, `tcp:127.0.0.1:7613`, `tls://ledger.example:7614`; what ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let host, let port): "tcp:\(Self.text(host, port))"
    case .tls(let host, let port): "tls://\(Self.text(host, port))"
    }
  }

  private static func text(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

extension Endpoint {
  /// Reads `unix:PATH`, a bare path with a slash in it, `tls://HOST:PORT`, `tcp:HOST:PORT` or `HOST:PORT`; IPv6 hosts in
  /// brackets, and `//` may be there or not. A scheme is never guessed: only `tls` is TLS.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      self.init(path: text.dropFirst("unix:".count))
    } else if text.hasPrefix("tls:") {
      guard let (host, port) = Self.hostAndPort(text.dropFirst("tls:".count)) else { return nil }
      self = .tls(host: host, port: port)
    } else if text.hasPrefix("tcp:") || !text.contains("/") {
      let rest = text.hasPrefix("tcp:") ? text.dropFirst("tcp:".count) : text[...]
      guard let (host, port) = Self.hostAndPort(rest) else { return nil }
      self = .tcp(host: host, port: port)
    } else {
      self.init(path: text[...])
    }
  }

  private init?(path: Substring) {
    guard !path.isEmpty else { return nil }
    self = .unix(path: String(path))
  }

  private static func hostAndPort(_ text: Substring) -> (String, Int)? {
    let text = text.hasPrefix("//") ? text.dropFirst(2) : text
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, !host.contains("/") else { return nil }
    return (String(host), Int(port))
  }
}
