internal import Glibc
internal import ReporterKit

/// Does one thing that a reporter must not do, or must be stopped doing, as its parameter says.
struct MisbehavingReporter: Reporter {
  static let id = "misbehaving"
  static let version = "1.0.0"

  func describe(_ parameters: Parameters) throws -> [DataQuery] {
    switch try parameters.text("deed") {
    case "unlisted_source": [DataQuery("q", from: "Pass", groupBy: ["key"])]
    case "unknown_column": [DataQuery("q", from: "Region", groupBy: ["nonsense"])]
    default: []
    }
  }

  func run(_ context: RunContext) throws -> Report {
    let deed = try context.parameters.text("deed")
    switch deed {
    case "open_file": return attempt(deed, open("/etc/passwd", O_RDONLY))
    case "write_file": return attempt(deed, open("/tmp/guoban-escape", O_WRONLY | O_CREAT, 0o600))
    case "socket": return attempt(deed, socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    case "unix_socket": return attempt(deed, socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    case "spawn":
      var child: pid_t = 0
      let failure = posix_spawn(&child, "/bin/true", nil, nil, [nil], [nil])
      errno = failure
      return attempt(deed, failure == 0 ? 0 : -1)
    case "exec": return attempt(deed, execve("/bin/true", [nil], [nil]))
    case "kill_parent":
      return attempt(deed, kill(pid_t(try context.parameters.integer("parent", in: 0...4_194_304)), 0))
    case "raise_limit":
      var limit = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
      return attempt(deed, setrlimit(__rlimit_resource_t(9), &limit))
    case "new_code":
      let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return attempt(deed, memory == MAP_FAILED ? -1 : 0)
    case "print": print("a stray line on standard output")
    case "fatal_error": fatalError("told to")
    case "segfault":
      var nowhere = UnsafeMutablePointer<Int>(bitPattern: 8)
      nowhere?.pointee = 1
      nowhere = nil
    case "loop": while true { if getpid() == 0 { break } }
    case "sleep": sleep(60)
    case "allocate":
      var hoard: [[UInt8]] = []
      while true { hoard.append([UInt8](repeating: UInt8(truncatingIfNeeded: hoard.count), count: 1 << 20)) }
    case "gigabyte": return attempt(deed, malloc(1 << 30) == nil ? -1 : 0)
    case "huge_text": return Report(title: String(repeating: "长", count: 1 << 20), methodVersion: "1")
    case "bad_table":
      var table = ReportTable(id: "t", title: "t", columns: [.text("a", "a"), .text("b", "b")])
      table.rows = [Reporting.Row(cells: [.text("only one")])]
      return Report(title: "t", tables: [table], methodVersion: "1")
    case "no_title": return Report(methodVersion: "1")
    case "cannot": throw ReportFailure("NOT_TODAY", "今天不行，请明天再试")
    case "exit": exit(3)
    default: throw ProtocolError("no deed is called \(deed)")
    }
    return Report(title: "done: \(deed)", methodVersion: "1")
  }

  /// Reports how a system call ended: "open_file: -1 EPERM"…
  private func attempt(_ deed: String, _ result: Int32) -> Report {
    Report(title: result < 0 ? "refused: \(deed), errno \(errno)" : "ESCAPED: \(deed)", methodVersion: "1")
  }
}

/// Bytes that are no protocol at all are written below the kit.
private func misbehave(_ input: Int32, _ output: Int32) -> Int32 {
  serve(MisbehavingReporter(), in: input, out: output)
}

private let module = ReporterModule { misbehave($0, $1) }

/// What `guoban-sandbox` calls.
@c(guoban_reporter_module_entry) public func entry() -> UnsafeRawPointer { module.pointer }
