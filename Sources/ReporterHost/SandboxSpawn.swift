internal import Glibc

/// A started sandbox: its process and our ends of its descriptors, non-blocking and closed on exec.
struct SpawnedSandbox {
  let process: pid_t
  let input: Int32
  let output: Int32
  let log: Int32
  let status: Int32
}

extension SandboxCommand {
  /// Starts the sandbox in a session of its own, so that it can be killed as a whole.
  ///
  /// It dies with the calling *thread* (PR_SET_PDEATHSIG): the caller stays on it until the process has ended.
  func spawn() throws(Breakage) -> SpawnedSandbox {
    let input = try Self.pair()
    defer { close(input.child) }
    let output = try Self.pair()
    defer { close(output.child) }
    let log = try Self.pair()
    defer { close(log.child) }
    let status = try Self.pair()
    defer { close(status.child) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (ours, theirs) in [(input.child, 0), (output.child, 1), (log.child, 2), (status.child, Self.statusDescriptor)] {
      posix_spawn_file_actions_adddup2(&actions, ours, Int32(theirs))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID; signals are reset by the sandbox itself
    posix_spawnattr_setflags(&attributes, newSession)

    var process: pid_t = 0
    let failure = Self.withCStrings([program] + arguments) { argv in
      Self.withCStrings(environment) { environment in
        posix_spawn(&process, program, &actions, &attributes, argv, environment)
      }
    }
    guard failure == 0 else {
      for fd in [input.host, output.host, log.host, status.host] { close(fd) }
      throw Breakage(
        .sandboxFailed, "无法启动沙箱 \(program)：\(String(cString: strerror(failure)))",
        "the sandbox \(program) cannot be started: \(String(cString: strerror(failure)))")
    }
    return SpawnedSandbox(
      process: process, input: input.host, output: output.host, log: log.host, status: status.host)
  }

  /// Two connected descriptors above those that the child will have, closed on exec; ours does not block.
  ///
  /// Sockets, not pipes: only there can a write to a dead reader be told not to raise SIGPIPE.
  private static func pair() throws(Breakage) -> (host: Int32, child: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Breakage(
        .sandboxFailed, "无法启动沙箱：\(String(cString: strerror(errno)))",
        "the sandbox cannot be started: \(String(cString: strerror(errno)))")
    }
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
    for end in ends { close(end) }
    guard moved.allSatisfy({ $0 >= 0 }), fcntl(moved[0], F_SETFL, O_NONBLOCK) == 0 else {
      for end in moved where end >= 0 { close(end) }
      throw Breakage(
        .sandboxFailed, "无法启动沙箱：\(String(cString: strerror(errno)))",
        "the sandbox cannot be started: \(String(cString: strerror(errno)))")
    }
    return (moved[0], moved[1])
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    // Safety: each copy lives until the end of this call, and posix_spawn has copied what it needs by then.
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
