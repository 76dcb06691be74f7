internal import Foundation

/// Certificates that the `openssl` program makes in a folder: an authority, and whom it vouches for.
public struct Certificates: Sendable {
  public let folder: String
  public let name: String

  /// `ca.pem` and `ca.key`, or others by `name`.
  public init(in folder: TemporaryFolder, name: String = "ca") async throws {
    self.folder = folder.path
    self.name = name
    try await Self.openssl(
      ["req", "-x509"] + Self.newKey + [
        "-keyout", "\(folder.path)/\(name).key", "-out", "\(folder.path)/\(name).pem", "-days", "30",
        "-subj", "/CN=\(name)",
      ])
  }

  /// The authority's own certificate.
  public var authority: String { "\(folder)/\(name).pem" }

  /// A certificate with its key, signed by the authority; `days` may be negative for one that has expired.
  @discardableResult
  public func issue(
    _ file: String, commonName: String = "test", alternatives: String = "", serial: Int, days: Int = 30,
    usage: String = ""
  ) async throws -> (certificate: String, key: String) {
    let path = "\(folder)/\(file)"
    var extensions = alternatives.isEmpty ? [] : ["subjectAltName=\(alternatives)"]
    if !usage.isEmpty { extensions.append("extendedKeyUsage=\(usage)") }
    try Data(extensions.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path + ".ext"))
    try await Self.openssl(
      ["req", "-utf8"] + Self.newKey + ["-keyout", path + ".key", "-out", path + ".csr", "-subj", "/CN=\(commonName)"])
    try await Self.openssl([
      "x509", "-req", "-in", path + ".csr", "-CA", authority, "-CAkey", "\(folder)/\(name).key", "-set_serial",
      "\(serial)", "-days", "\(days)", "-extfile", path + ".ext", "-out", path + ".pem",
    ])
    return (path + ".pem", path + ".key")
  }

  private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

  private static func openssl(_ arguments: [String]) async throws {
    let run = try await ProgramRun("openssl", arguments)
    guard run.exitCode == 0 else { throw Failed(complaint: "openssl \(arguments): \(run.complaint)") }
  }

  private struct Failed: Error { let complaint: String }
}
