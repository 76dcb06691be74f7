internal import Foundation
internal import Glibc
internal import GuobanMetrics

/// What the kernel says of this process, in `/proc/self`. Zero when it does not say.
struct ProcessFigures: Sendable {
  var residentBytes: UInt64 = 0
  var virtualBytes: UInt64 = 0
  var threads: UInt64 = 0
  var openFiles: UInt64 = 0
  var openFilesMax: UInt64 = 0
  /// User and system time.
  var cpuNanoseconds: UInt64 = 0

  static var processID: Int32 { getpid() }

  /// Asks now. `listingFiles`: count the open files too, which takes a look at each.
  init(listingFiles: Bool) {
    // Fields 3… of stat(5), which begin behind the name in parentheses: 14 utime, 15 stime, 20 threads, 23 vsize, 24 rss.
    let text = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    func field(_ number: Int) -> UInt64 { number - 3 < fields.count ? UInt64(fields[number - 3]) ?? 0 : 0 }
    let ticksPerSecond = UInt64(clamping: max(1, sysconf(Int32(_SC_CLK_TCK))))
    cpuNanoseconds = (field(14) &+ field(15)) &* (1_000_000_000 / ticksPerSecond)
    threads = field(20)
    virtualBytes = field(23)
    residentBytes = field(24) &* UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))
    guard listingFiles else { return }
    // Of the names, one is the descriptor that lists them.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 1
    openFiles = UInt64(clamping: names - 1)
    openFilesMax = UInt64(clamping: sysconf(Int32(_SC_OPEN_MAX)))
  }

  /// With the names that Prometheus' client libraries give them. `startTime`: seconds since 1970.
  func families(startTime: Int64) -> [MetricFamily] {
    [
      MetricFamily(
        "process_cpu_seconds_total", .counter, "User and system processor time.",
        [.init(.number(Double(cpuNanoseconds) / 1e9))]),
      .gauge("process_resident_memory_bytes", "Memory in use.", residentBytes),
      .gauge("process_virtual_memory_bytes", "Address space in use.", virtualBytes),
      .gauge("process_open_fds", "Open file descriptors.", openFiles),
      .gauge("process_max_fds", "Most file descriptors that may be open.", openFilesMax),
      .gauge("process_threads", "Threads.", threads),
      .gauge("process_start_time_seconds", "When the daemon started, since 1970.", Double(startTime)),
    ]
  }
}
