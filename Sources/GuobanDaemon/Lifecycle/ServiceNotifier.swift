internal import Glibc
internal import NIOCore

/// Tells systemd how the daemon does (sd_notify(3)); says nothing when nobody asked, that is without `NOTIFY_SOCKET`.
struct ServiceNotifier: Sendable {
  private let path: String?

  init(environment: [String: String]) {
    path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The daemon serves; `status` is shown by `systemctl status`.
  func ready(_ status: String) { tell("READY=1\n" + Self.line(status)) }

  /// A reload begins. systemd 253 and later compare the time with that of the signal they sent.
  func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds())") }

  /// The daemon drains.
  func stopping() { tell("STOPPING=1") }

  /// The daemon lives.
  func alive() { tell("WATCHDOG=1") }

  /// What `systemctl status` shows from now on.
  func status(_ status: String) { tell(Self.line(status)) }

  /// One line, and not a long one.
  private static func line(_ status: String) -> String {
    "STATUS=" + String(status.map { $0.isNewline ? ";" : $0 }.prefix(statusCharactersMax))
  }

  private static let statusCharactersMax = 512

  /// NIO's clock is CLOCK_MONOTONIC, which is the one systemd means.
  private static func monotonicMicroseconds() -> UInt64 { NIODeadline.now().uptimeNanoseconds / 1000 }

  /// Failing to tell is no reason to fail.
  private func tell(_ state: String) {
    guard let path else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A leading "@" stands for the NUL of the abstract name space.
    let name = path.hasPrefix("@") ? [0] + Array(path.utf8.dropFirst()) : Array(path.utf8)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let bytes = Array(state.utf8)
    // Safety: the address outlives the call, and `length` covers only its initialised part.
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
  }
}
