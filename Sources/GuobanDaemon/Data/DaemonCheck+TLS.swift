internal import GuobanServer

extension DaemonCheck {
  /// The TLS files, read as a start would read them.
  func tls() -> [Finding] {
    guard let settings = configuration.tlsSettings else { return [] }
    do {
      let identity = try TLSIdentity(settings, now: DaemonClock.epochSeconds)
      let names = identity.certificate.names.joined(separator: ", ")
      let end = DaemonClock.text(identity.certificate.notAfter)
      let certificate = Finding(
        kind: .fine,
        text: language.say(
          "证书 \(settings.certificateFile)：\(names)，有效至 \(end)",
          "certificate \(settings.certificateFile): \(names), until \(end)"))
      return [certificate]
        + identity.warnings.map { Finding(kind: .warning, text: language.say($0.message, $0.englishMessage)) }
    } catch {
      return [Finding(kind: .problem, text: language.say(error.message, error.englishMessage))]
    }
  }
}
