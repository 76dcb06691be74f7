internal import GuobanServer

/// The TLS settings: what contradicts what, and the form in which the server takes them.
extension DaemonConfiguration {
  /// What the TLS socket is opened with; nil when no certificate is named.
  var tlsSettings: TLSSettings? {
    guard !tls.certificateFile.isEmpty, !tls.keyFile.isEmpty else { return nil }
    return TLSSettings(
      certificateFile: path(tls.certificateFile), keyFile: path(tls.keyFile),
      clientCAFile: tls.clientCaFile.isEmpty ? nil : path(tls.clientCaFile),
      clientCertificate: TLSSettings.ClientCertificate(rawValue: tls.clientCertificate) ?? .none,
      minimumVersion: TLSSettings.Version(rawValue: tls.minimumVersion) ?? .tls13)
  }

  func tlsInconsistencies(_ language: Language) -> [String] {
    var messages: [String] = []
    if listen.tlsEnabled {
      for (key, value) in [("tls.certificateFile", tls.certificateFile), ("tls.keyFile", tls.keyFile)]
      where value.isEmpty {
        messages.append(
          language.say(
            "listen.tlsEnabled 为 true 时须设 \(key)（做法见 README 的 TLS 一节）",
            "listen.tlsEnabled is true, so \(key) must be set (README, section TLS, says how to make one)"))
      }
    }
    // Without a certificate nothing speaks TLS, and the rest does not matter.
    guard listen.tlsEnabled || !tls.certificateFile.isEmpty else { return messages }
    if tls.clientCertificate != TLSSettings.ClientCertificate.none.rawValue, tls.clientCaFile.isEmpty {
      messages.append(
        language.say(
          "tls.clientCertificate 为 \(tls.clientCertificate) 时须设 tls.clientCaFile：否则不知道该信谁",
          "tls.clientCertificate is \(tls.clientCertificate), so tls.clientCaFile must be set: it says whom to trust"))
    }
    if tls.clientCertificate == TLSSettings.ClientCertificate.none.rawValue, !tls.clientCaFile.isEmpty {
      messages.append(
        language.say(
          "设了 tls.clientCaFile，tls.clientCertificate 却是 none，客户端证书不会被核验：请改为 request 或 require，或删去 tls.clientCaFile",
          "tls.clientCaFile is set but tls.clientCertificate is none, so no client certificate would be verified: "
            + "use request or require, or remove tls.clientCaFile"))
    }
    if listen.tlsEnabled, listen.tcpEnabled, listen.tlsPort == listen.tcpPort, listen.tlsPort != 0 {
      messages.append(
        language.say(
          "listen.tlsPort 与 listen.tcpPort 都是 \(listen.tcpPort)：请换一个",
          "listen.tlsPort and listen.tcpPort are both \(listen.tcpPort): choose another"))
    }
    return messages
  }
}
