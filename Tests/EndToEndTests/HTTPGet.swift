import Foundation
import Glibc
import Testing

/// A plain socket to the daemon's HTTP port, and what came back on it.
struct HTTPExchange {
  let status: Int
  let head: String
  let body: String

  /// Sends bytes and reads to the end, for ten seconds at most. Keeping `pause` between two halves of the bytes.
  static func send(_ bytes: String, to port: Int) throws -> HTTPExchange {
    let descriptor = try connect(port)
    defer { close(descriptor) }
    return try exchange(bytes, on: descriptor)
  }

  /// The same on a connection that is open already.
  static func exchange(_ bytes: String, on descriptor: Int32) throws -> HTTPExchange {
    let all = Array(bytes.utf8)
    // A server that has heard enough may close before all is sent.
    if !all.isEmpty { _ = Glibc.send(descriptor, all, all.count, Int32(MSG_NOSIGNAL)) }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { break }
      received += buffer.prefix(count)
    }
    let text = String(decoding: received, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
    return HTTPExchange(
      status: words.count > 1 ? Int(words[1]) ?? 0 : 0, head: parts.first.map(String.init)?.lowercased() ?? "",
      body: parts.count > 1 ? String(parts[1]) : "")
  }

  static func get(_ path: String, _ port: Int, method: String = "GET") throws -> HTTPExchange {
    try send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n", to: port)
  }

  static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0, "nobody listens on \(port)")
    return descriptor
  }
}

extension Guoband {
  /// Where the HTTP port is, as the log says.
  func metricsPort() async throws -> Int {
    try await wait(upTo: .seconds(30), for: "the HTTP port: \(text)") { text.contains("metrics served") }
    let line = text.split(separator: "\n").first { $0.contains("metrics served") } ?? ""
    let match = try #require(line.firstMatch(of: /127\.0\.0\.1:(\d+)\/metrics/))
    return try #require(Int(match.1))
  }
}
