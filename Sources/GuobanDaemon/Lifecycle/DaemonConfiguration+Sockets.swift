internal import GuobanServer
internal import GuobanWire

extension DaemonConfiguration {
  /// The sockets to listen on: those that were passed, and of the configured ones the kinds that were not.
  func sockets(_ passed: PassedSockets, _ identity: TLSIdentity?) throws(DaemonError) -> [ListeningSocket] {
    let adopted = passed.sockets.map { ListeningSocket($0.endpoint, adopted: $0.descriptor, tls: identity) }
    let own = endpoints.filter { !passed.replaces($0) }.map { ListeningSocket($0, tls: identity) }
    for case .tls in (adopted + own).map(\.endpoint) where identity == nil {
      throw DaemonError(
        .listen, "systemd 传来了 TLS 套接字，却没有证书：请设 tls.certificateFile 与 tls.keyFile",
        "systemd passed a TLS socket but there is no certificate: set tls.certificateFile and tls.keyFile")
    }
    return adopted + own
  }

  private var endpoints: [Endpoint] {
    var endpoints: [Endpoint] = []
    if let socketPath { endpoints.append(.unix(path: socketPath)) }
    if listen.tcpEnabled { endpoints.append(.tcp(host: listen.tcpHost, port: listen.tcpPort)) }
    if listen.tlsEnabled { endpoints.append(.tls(host: listen.tlsHost, port: listen.tlsPort)) }
    return endpoints
  }
}

extension String {
  /// Whether a host of the configuration is reached from this machine alone.
  var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(self) }
}
