internal import Glibc

/// The kernel's table of the files that this process has open.
///
/// It doubles when a file does not fit, and in a process of several threads whoever opens that file waits until all
/// processors have gone through the scheduler: an event loop that accepts a connection, for 5 to 15 ms.
enum DescriptorTable {
  /// Makes it large enough for `count` files now, as far as the process may have so many.
  static func reserve(_ count: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let highest = fcntl(descriptor, F_DUPFD_CLOEXEC, min(Int32(clamping: count), Int32(clamping: limit.rlim_cur) - 1))
    if highest >= 0 { close(highest) }
  }
}
