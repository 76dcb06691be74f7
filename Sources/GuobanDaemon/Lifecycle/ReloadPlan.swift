/// What a configuration that was read again changes: what takes effect now, and what waits for a restart. Pure.
struct ReloadPlan: Equatable {
  /// Keys of settings that change at once.
  let live: [String]
  /// Keys of settings whose new values wait.
  let waiting: [String]
  /// What runs once the live settings are taken: the others keep their values, and are named again the next time.
  let configuration: DaemonConfiguration

  init(running: DaemonConfiguration, read: DaemonConfiguration) {
    let changed = Setting.all.filter { $0.read(running) != $0.read(read) }
    live = changed.filter(\.isLive).map(\.key)
    waiting = changed.filter { !$0.isLive }.map(\.key)
    var configuration = running
    for setting in changed where setting.isLive { _ = setting.write(setting.read(read), &configuration) }
    self.configuration = configuration
  }
}
