internal import ArgumentParser
internal import Foundation
internal import GuobanDaemon
internal import GuobanWire

/// What every command takes: where the daemon is, who is calling, in which language to answer.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      say(
        "守护进程的地址：unix:PATH、tcp:HOST:PORT 或 tls://HOST:PORT",
        "The daemon's address: unix:PATH, tcp:HOST:PORT or tls://HOST:PORT")
        + " (GUOBAN_ADDRESS)", valueName: "address"))
  var address: String?

  @OptionGroup var tls: TLSOptions

  @Option(
    help: ArgumentHelp(say("令牌文件", "File with the token") + " (GUOBAN_TOKEN_FILE, GUOBAN_TOKEN)", valueName: "path"))
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      say("守护进程的数据目录，其中有套接字和令牌", "The daemon's data directory, with its socket and token") + " (GUOBAN_DATA_DIR)",
      valueName: "dir"))
  var dataDir: String?

  @Option(help: ArgumentHelp(say("每次调用最多等几秒", "Seconds to wait for each call"), valueName: "seconds"))
  var timeout: Double?

  @Option(help: ArgumentHelp(say("语言", "Language"), valueName: "zh|en"))
  var lang: String?

  func validate() throws {
    if let address, Endpoint(address) == nil {
      throw ValidationError(
        say(
          "地址“\(address)”看不懂，应写作 unix:路径、tcp:主机:端口 或 tls://主机:端口。",
          "Address \(address) must be unix:PATH, tcp:HOST:PORT or tls://HOST:PORT."))
    }
    if let timeout, !(timeout > 0 && timeout <= 86_400) {
      throw ValidationError(say("--timeout 应在 0 到 86400 秒之间。", "--timeout must be above 0 and at most 86400 seconds."))
    }
    if let lang, Language(rawValue: lang) == nil {
      throw ValidationError(say("--lang 只能是 zh 或 en。", "--lang must be zh or en."))
    }
  }

  var callTimeout: Duration? { timeout.map { .milliseconds(Int64($0 * 1000)) } }

  /// The data directories to look in, the one that was named or else the places where daemons keep theirs.
  var dataDirectories: [String] {
    let environment = ProcessInfo.processInfo.environment
    if let named = dataDir ?? environment["GUOBAN_DATA_DIR"], !named.isEmpty { return [named] }
    let isRoot = geteuid() == 0
    let own = DaemonConfiguration.dataDirDefault(environment: environment, isRoot: isRoot)
    let service = DaemonConfiguration.dataDirDefault(environment: [:], isRoot: true)
    return own == service ? [own] : [own, service]
  }

  /// Where the daemon is: the address that was named, or the socket of the first data directory that has one.
  func endpoint() throws(Failure) -> Endpoint {
    let named = address ?? ProcessInfo.processInfo.environment["GUOBAN_ADDRESS"]
    if let named, !named.isEmpty {
      guard let endpoint = Endpoint(named) else {
        throw .input(
          say(
            "GUOBAN_ADDRESS“\(named)”看不懂，应写作 unix:路径、tcp:主机:端口 或 tls://主机:端口。",
            "GUOBAN_ADDRESS \(named) must be unix:PATH, tcp:HOST:PORT or tls://HOST:PORT."))
      }
      return endpoint
    }
    var sockets = dataDirectories.compactMap { DaemonConfiguration(dataDir: $0).socketPath }
    if dataDir == nil { sockets.append(Self.systemdSocket) }
    let found = sockets.first { FileManager.default.fileExists(atPath: $0) } ?? sockets.first
    return .unix(path: found ?? "guoban.sock")
  }

  /// The token: from the file that was named, from the environment, or from the data directory. A Unix socket needs none.
  func token(for endpoint: Endpoint) throws(Failure) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let file = tokenFile ?? environment["GUOBAN_TOKEN_FILE"], !file.isEmpty {
      guard let token = readToken(file) else {
        throw .input(say("令牌文件 \(file) 读不到。", "The token file \(file) cannot be read."))
      }
      return token
    }
    if let token = environment["GUOBAN_TOKEN"], !token.isEmpty { return token }
    if case .unix = endpoint { return "" }
    return dataDirectories.lazy.compactMap { readToken($0 + "/token") }.first ?? ""
  }

  /// Where guoban.socket listens.
  private static let systemdSocket = "/run/guoban/guoban.sock"

  private func readToken(_ path: String) -> String? {
    guard let bytes = try? readFile(path, bytesMax: 4096) else { return nil }
    return String(validating: bytes, as: UTF8.self)?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
