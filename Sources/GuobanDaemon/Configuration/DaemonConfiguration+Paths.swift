extension DaemonConfiguration {
  /// The data directory when nobody named one: the service's for root, else the user's own.
  public static func dataDirDefault(environment: [String: String], isRoot: Bool) -> String {
    if let state = environment["STATE_DIRECTORY"], let first = state.split(separator: ":").first {
      return String(first)
    }
    if isRoot { return "/var/lib/guoban" }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/guoban" }
    return (environment["HOME"] ?? "/tmp") + "/.local/state/guoban"
  }

  /// The configuration file that is read when it is there and no other was named: the system's for root and for a service
  /// of systemd's, which runs as a user of its own.
  public static func fileDefault(environment: [String: String], isRoot: Bool) -> String {
    if isRoot || environment["STATE_DIRECTORY"] != nil { return "/etc/guoban/guoband.yaml" }
    if let home = environment["XDG_CONFIG_HOME"], home.hasPrefix("/") { return home + "/guoban/guoband.yaml" }
    return (environment["HOME"] ?? "/tmp") + "/.config/guoban/guoband.yaml"
  }

  /// `path` as it is when absolute, else inside the data directory.
  public func path(_ path: String) -> String {
    path.hasPrefix("/") ? path : dataDir + "/" + path
  }

  /// The Unix socket, nil when there is none.
  public var socketPath: String? { listen.socketPath.isEmpty ? nil : path(listen.socketPath) }

  /// Where the key files are: never in the data directory.
  public var keysDirectory: String {
    if !keys.directory.isEmpty { return path(keys.directory) }
    var folder = dataDir
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    return folder + "-keys"
  }

  /// Where snapshots are.
  public var snapshotsDirectory: String { path(snapshots.directory) }

  /// Where reporters are: beside the program in a build folder, under `lib` when the program is installed.
  ///
  /// - Parameters:
  ///   - programFolder: where the daemon's own program is.
  ///   - exists: whether there is a folder at a path.
  public func reportersFolder(programFolder: String, exists: (String) -> Bool) -> String {
    if !reporters.folder.isEmpty { return path(reporters.folder) }
    let built = "\(programFolder)/reporters"
    return exists(built) ? built : "\(programFolder)/../lib/guoban/reporters"
  }
}
