internal import ArgumentParser
internal import Foundation
internal import GuobanClient
internal import GuobanWire

/// Whom to trust, and what to show, at a `tls://` address. The daemon's certificate is always verified.
struct TLSOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      say("tls:// 地址：信任的证书机构（PEM）；不写则用系统的", "At tls://: authorities to trust, in PEM; default: the system's")
        + " (GUOBAN_CA_FILE)", valueName: "path"))
  var caFile: String?

  @Option(
    help: ArgumentHelp(
      say("tls:// 地址：出示的客户端证书（PEM）", "At tls://: the client certificate to show, in PEM") + " (GUOBAN_CERT_FILE)",
      valueName: "path"))
  var certFile: String?

  @Option(
    help: ArgumentHelp(
      say("tls:// 地址：客户端证书的私钥（PEM）", "At tls://: the client certificate's key, in PEM") + " (GUOBAN_KEY_FILE)",
      valueName: "path"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      say(
        "tls:// 地址：证书上应有的名字；不写则为地址里的主机", "At tls://: the name in the daemon's certificate; default: the address's host"),
      valueName: "name"))
  var serverName: String?

  func validate() throws {
    if (certFile == nil) != (keyFile == nil) {
      throw ValidationError(
        say("--cert-file 与 --key-file 要一起写。", "--cert-file and --key-file go together."))
    }
  }

  /// For a connection to `endpoint`. Who names a certificate for a connection without TLS is mistaken about it.
  func client(for endpoint: Endpoint) throws(Failure) -> ClientTLS {
    if case .tls = endpoint {
      let environment = ProcessInfo.processInfo.environment
      func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
      return ClientTLS(
        caFile: caFile ?? variable("GUOBAN_CA_FILE"), certificateFile: certFile ?? variable("GUOBAN_CERT_FILE"),
        keyFile: keyFile ?? variable("GUOBAN_KEY_FILE"), serverName: serverName)
    }
    let given = [("--ca-file", caFile), ("--cert-file", certFile), ("--server-name", serverName)].filter { $0.1 != nil }
    guard let option = given.first?.0 else { return ClientTLS() }
    throw .input(
      say(
        "\(endpoint) 不是加密的地址，\(option) 用不上：请用 --address tls://主机:端口。",
        "\(endpoint) is not a TLS address, so \(option) has no use; give --address tls://HOST:PORT."))
  }
}
