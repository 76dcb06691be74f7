internal import Glibc

/// How many files this process may have open.
enum OpenFiles {
  /// Raises the limit as far as this user may, and returns what it is then.
  static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return Int.max }
    if limit.rlim_cur < limit.rlim_max {
      let before = limit.rlim_cur
      limit.rlim_cur = limit.rlim_max
      if setrlimit(resource, &limit) != 0 { limit.rlim_cur = before }
    }
    return Int(clamping: limit.rlim_cur)
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
}
