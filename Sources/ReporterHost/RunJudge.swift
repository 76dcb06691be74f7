internal import CSandbox
internal import Glibc

/// Decides what happened from how the conversation and the process ended. Pure.
struct RunJudge: Sendable {
  var end: ProcessEnd
  var status: SandboxStatus
  var isModule: Bool
  var peakMemoryKiB: Int
  var memoryBytesMax: Int
  var log: String

  /// What broke, when the conversation ended without an answer: because of `breakage`, or with the reporter's output.
  func judge(_ breakage: Breakage?) -> Breakage {
    switch breakage?.code {
    case nil, .exited: return withLog(processBreakage)
    case .protocolViolated where hasCrashed: return withLog(processBreakage)
    default: return withLog(breakage ?? processBreakage)
    }
  }

  private var hasCrashed: Bool {
    if case .signalled(let signal) = end { return signal != SIGKILL }
    return false
  }

  private var processBreakage: Breakage {
    switch end {
    case .signalled(SIGXCPU):
      Breakage(.cpuTimeExceeded, "超过处理器时间限制，已终止", "ended: it used more processor time than it may")
    case .signalled where ranOutOfMemory, .exited where ranOutOfMemory && status.isRunning: memoryBreakage
    case .signalled(SIGKILL):
      Breakage(
        .crashed, "被系统强制终止（信号 9）：可能是内存不足或超过处理器时间",
        "killed by the system (signal 9): perhaps out of memory or processor time")
    case .signalled(let signal):
      Breakage(
        .crashed, "崩溃：信号 \(signal)（\(String(cString: strsignal(signal)))）",
        "crashed: signal \(signal) (\(String(cString: strsignal(signal))))")
    case .exited(0):
      Breakage(.protocolViolated, "没有给出结果就正常结束了，不符合协议", "it ended well without a result, which breaks the protocol")
    case .exited(let code): exitBreakage(code)
    }
  }

  private func exitBreakage(_ code: Int32) -> Breakage {
    if status.isRunning && !(isModule && code == GUOBAN_SANDBOX_EXIT_RUN_FAILED.code) {
      return Breakage(.exited, "没有给出结果就退出，退出码 \(code)", "it ended without a result, with exit code \(code)")
    }
    return switch code {
    case GUOBAN_SANDBOX_EXIT_CANNOT_LOAD.code: Breakage(.cannotLoad, "模块加载失败", "the module cannot be loaded")
    case GUOBAN_SANDBOX_EXIT_NOT_A_REPORTER.code:
      Breakage(.cannotLoad, "不是报表模块，或版本不合", "it is no reporter module, or of another version")
    case GUOBAN_SANDBOX_EXIT_CANNOT_EXECUTE.code: Breakage(.cannotLoad, "程序无法执行", "the program cannot be executed")
    case GUOBAN_SANDBOX_EXIT_RUN_FAILED.code: Breakage(.exited, "模块报告运行失败", "the module says that its run failed")
    case GUOBAN_SANDBOX_EXIT_PROTECTION_FAILED.code:
      Breakage(.sandboxFailed, "沙箱的保护措施开启失败", "a protection of the sandbox cannot be switched on")
    case GUOBAN_SANDBOX_EXIT_PROTECTION_MISSING.code:
      Breakage(
        .sandboxFailed, "本机内核缺少保护措施：\(status.missingProtections.joined(separator: "、"))，按配置拒绝运行",
        "this kernel lacks protections, and the configuration refuses to run without: \(status.missingProtections.joined(separator: ", "))"
      )
    default: Breakage(.sandboxFailed, "沙箱没有启动成功，退出码 \(code)", "the sandbox did not start: exit code \(code)")
    }
  }

  private var memoryBreakage: Breakage {
    Breakage(
      .memoryExceeded, "内存超过 \(memoryBytesMax >> 20) MiB 的限制",
      "it used more memory than its limit of \(memoryBytesMax >> 20) MiB")
  }

  /// A refused allocation ends differently in every language, mostly with a line in the log.
  private var ranOutOfMemory: Bool {
    if peakMemoryKiB * 1024 > memoryBytesMax / 10 * 7 { return true }
    let tail = log.suffix(4_096).lowercased()
    return [
      "memoryerror", "bad_alloc", "out of memory", "cannot allocate memory", "could not allocate", "failed to allocate",
    ]
    .contains { tail.contains($0) }
  }

  private func withLog(_ breakage: Breakage) -> Breakage {
    let lines = log.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("guoban-sandbox: WARNING") }
    // A backtrace may follow the line that says what happened.
    guard let line = lines.last(where: { $0.contains("rror") }) ?? lines.last else { return breakage }
    return Breakage(
      breakage.code, "\(breakage.message)；日志：\(line.prefix(300))",
      "\(breakage.englishMessage); log: \(line.prefix(300))")
  }
}

extension guoban_sandbox_exit {
  /// As it comes back from wait4.
  var code: Int32 { Int32(rawValue) }
}
