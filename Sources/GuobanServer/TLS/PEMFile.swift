internal import Glibc
internal import NIOSSL

/// A file with certificates or a key in PEM.
struct PEMFile {
  /// A file larger than this is none.
  static let bytesMax = 1 << 20
  let path: String

  init(_ path: String) {
    self.path = path
  }

  /// The certificates in it, at least one.
  func certificates() throws(TLSProblem) -> [NIOSSLCertificate] {
    let bytes = try read()
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
      throw TLSProblem(
        .notPEM, "\(path) 里没有 PEM 格式的证书（应以 -----BEGIN CERTIFICATE----- 开头）",
        "\(path) holds no certificate in PEM (it should begin with -----BEGIN CERTIFICATE-----)")
    }
    return certificates
  }

  /// The key in it.
  func privateKey() throws(TLSProblem) -> NIOSSLPrivateKey {
    let bytes = try read()
    // Both forms of PEM say so: "BEGIN ENCRYPTED PRIVATE KEY", and "Proc-Type: 4,ENCRYPTED".
    if String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED") {
      throw TLSProblem(
        .encryptedKey, "私钥 \(path) 有口令，守护进程无法输入：请用 openssl pkey -in … -out … 去掉口令，再 chmod 600",
        "the key \(path) has a passphrase, which a daemon cannot be asked for: remove it (openssl pkey -in … -out …), "
          + "then chmod 600")
    }
    do {
      return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
    } catch {
      throw TLSProblem(
        .notPEM, "\(path) 里没有 PEM 格式的私钥（应以 -----BEGIN PRIVATE KEY----- 开头）",
        "\(path) holds no private key in PEM (it should begin with -----BEGIN PRIVATE KEY-----)")
    }
  }

  /// Nil when only the owner, and perhaps its group, can read the file.
  var modeWarning: TLSProblem? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o027 != 0 else { return nil }
    let mode = String(status.st_mode & 0o777, radix: 8)
    return TLSProblem(
      .keyOpenToOthers, "私钥 \(path) 的权限是 \(mode)，别人能读到或改动：请 chmod 600",
      "the key \(path) has mode \(mode), so others can read or change it: chmod 600 it")
  }

  private func read() throws(TLSProblem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.bytesMax else {
      throw unreadable(EINVAL)
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      // Safety: the slice is inside the array, which lives for the whole closure.
      let more = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[count...]).baseAddress, $0.count - count)
      }
      guard more >= 0 else { throw unreadable(errno) }
      if more == 0 { break }
      count += more
    }
    return Array(bytes.prefix(count))
  }

  private func unreadable(_ number: Int32) -> TLSProblem {
    let reason = String(cString: strerror(number))
    return TLSProblem(
      .unreadable, "读不了 \(path)：\(reason)（须是不超过 1 MiB 的文件，守护进程的用户要能读）",
      "cannot read \(path): \(reason) (it must be a file of at most 1 MiB that the daemon's user may read)")
  }
}
