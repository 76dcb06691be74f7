internal import GuobanServer

extension Setting {
  /// The rows of the TLS files. They change live, since new connections can take new files at any time.
  static let tls: [Setting] = [
    .path(
      "tls.certificateFile", \.tls.certificateFile, "服务器证书（PEM，自己的在前，中间证书在后）",
      "the server's certificate in PEM, then those between it and the root"
    ).live,
    .path(
      "tls.keyFile", \.tls.keyFile, "证书的私钥（PEM，无口令，权限 600）", "its private key in PEM, without passphrase, mode 600"
    ).live,
    .path(
      "tls.clientCaFile", \.tls.clientCaFile, "客户端证书须由其中的机构签发（PEM）",
      "the authorities that clients' certificates must come from, in PEM"
    ).live,
    .choice(
      "tls.clientCertificate", \.tls.clientCertificate, TLSSettings.ClientCertificate.allCases.map(\.rawValue),
      "是否要客户端出示证书：none 不要，request 有则核验，require 必须有",
      "clients' certificates: none, request (verified when there is one) or require"
    ).live,
    .choice(
      "tls.minimumVersion", \.tls.minimumVersion, TLSSettings.Version.allCases.map(\.rawValue).reversed(),
      "最低 TLS 版本；1.2 只为旧客户端", "lowest TLS version; 1.2 only for old clients"
    ).live,
    .duration(
      "tls.checkInterval", \.tls.checkInterval, .milliseconds(100) ... .seconds(3600),
      "每隔多久看证书文件换了没有", "how often the files are looked at for new ones"),
  ]
}
