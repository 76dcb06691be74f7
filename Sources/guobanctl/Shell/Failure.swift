internal import Foundation
internal import GuobanMessages
internal import GuobanWire

/// How this program ends when it could not do what was asked: one sentence for the person, one number for a script.
struct Failure: Error {
  var message: String
  var exitCode: Int32

  /// The command or its input is wrong: EX_USAGE.
  static func input(_ message: String) -> Failure { Failure(message: message, exitCode: 64) }
  /// The daemon, or the ledger, said no.
  static func refused(_ message: String) -> Failure { Failure(message: message, exitCode: 1) }
  /// Nobody answers: EX_UNAVAILABLE.
  static func unavailable(_ message: String) -> Failure { Failure(message: message, exitCode: 69) }
}

extension Failure {
  /// A call's status in words, with every field that was wrong.
  init(_ status: Status) {
    self.init(bare: status)
    guard let id = status.requestID, !id.isEmpty else { return }
    message += say("\n  请求号 ", "\n  request id ") + Terminal.harmless(id)
  }

  private init(bare status: Status) {
    let text = say(status.message, status.englishMessage)
    switch status.code {
    case .unavailable where status.reason(limits: .standard) == "TLS_FAILED":
      self = .unavailable(
        say("TLS 连接没有建立：", "No TLS connection: ") + Terminal.harmless(text))
    case .unavailable:
      self = .unavailable(
        say("守护进程暂时不能服务，请稍后重试：", "The daemon cannot serve right now; try again later: ")
          + Terminal.harmless(text))
    case .deadlineExceeded:
      self = .unavailable(
        say(
          "没有在限时内得到应答：守护进程可能很忙，也可能已照办；请查看后再试，或用 --timeout 放宽时限。",
          "No answer in time: the daemon may be busy, or may have done it; look before trying again, or allow more with --timeout."
        )
          + "\n  " + Terminal.harmless(text))
    case .unauthenticated:
      self = .refused(
        say(
          "守护进程不认这个令牌：它可能已撤销、已到期或已换新；请用 --token-file 指明令牌文件（默认是数据目录里的 token）。",
          "The daemon does not accept the token: it may be revoked, expired or rotated. Name its file with --token-file (token in the data directory)."
        )
          + "\n  " + Terminal.harmless(text))
    case .permissionDenied where status.reason(limits: .standard) == "PERMISSION_MISSING":
      self = .refused(
        say(
          "没有权限做这件事；请找管理员（guobanctl access update 改角色，access whoami 看自己的）。",
          "This is not among what you may do; ask an admin (guobanctl access update changes roles, access whoami shows yours)."
        ) + "\n  " + Terminal.harmless(text))
    default:
      let head = say("没有成功（\(status.code.name)）：", "Not done (\(status.code.name)): ")
      let violations = status.violations(limits: .standard).map { violation in
        "\n  \(violation.field) [\(violation.reason)] "
          + say(violation.description, violation.englishDescription)
      }
      // The message repeats the first violation.
      self = .refused(Terminal.harmless(head + (violations.isEmpty ? text : violations.joined())))
    }
  }
}

extension Failure {
  /// The address names a machine that is not there.
  static func unknownHost(_ endpoint: Endpoint) -> Failure {
    .unavailable(
      say(
        "\(endpoint) 里的主机名查不到：请核对 --address 的拼写，或改用 IP 地址。",
        "No host has the name in \(endpoint); check --address for a slip, or use the IP address."))
  }

  /// Nobody answers at this address: why, as far as this side can tell, and what to do.
  static func unreachable(_ endpoint: Endpoint) -> Failure {
    // The directory above the socket may be closed as well; either way access says EACCES.
    if case .unix(let path) = endpoint, access(path, W_OK) != 0, errno == EACCES {
      return .unavailable(
        say(
          "没有权限打开守护进程的套接字 \(path)：请换守护进程的用户运行，或加入它的用户组。",
          "This user may not open the daemon's socket \(path); run as its user or join its group."))
    }
    return .unavailable(
      say(
        "\(endpoint) 没有守护进程应答：请先启动它（guoband run，或 systemctl start guoban）；若它在别处，用 --address 或 --data-dir 指明。",
        "No daemon answers on \(endpoint); start it (guoband run, or systemctl start guoban), or say where it is with --address or --data-dir."
      ))
  }
}
