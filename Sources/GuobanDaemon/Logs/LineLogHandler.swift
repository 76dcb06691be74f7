internal import Glibc
internal import GuobanMessages
public import Logging

/// Writes each event as one line to standard error, in one system call, so that lines of threads do not mix.
public struct LineLogHandler: LogHandler {
  /// The threshold's, unless this copy was given one of its own.
  public var logLevel: Logger.Level {
    get { ownLevel ?? threshold.level }
    set { ownLevel = newValue }
  }
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private var ownLevel: Logger.Level?
  private let threshold: LogThreshold
  private let label: String
  private let format: LogLine.Format
  private let write: @Sendable (String) -> Void

  /// A handler for `label` in the configuration's format; its level is the threshold's.
  public init(label: String, configuration: DaemonConfiguration.Logs, threshold: LogThreshold) {
    self.init(label: label, configuration: configuration, threshold: threshold, write: Self.standardError)
  }

  init(
    label: String, configuration: DaemonConfiguration.Logs, threshold: LogThreshold,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    self.write = write
    self.threshold = threshold
    format = LogLine.Format(rawValue: configuration.format) ?? .text
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata
    if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
    if let given = event.metadata { all.merge(given) { $1 } }
    let line = LogLine(
      time: Self.now(), level: event.level, label: label, message: "\(event.message)",
      metadata: all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    write(line.text(format))
  }

  private static func now() -> Int64 {
    let time = DaemonClock.timestamp()
    return time.seconds * 1000 + Int64(time.nanos) / 1_000_000
  }

  @Sendable private static func standardError(_ line: String) {
    let bytes = Array(line.utf8)
    var offset = 0
    while offset < bytes.count {
      // Safety: the pointer is used only inside the closure, within the array's bounds.
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDERR_FILENO, $0.baseAddress?.advanced(by: offset), $0.count - offset)
      }
      if count < 0 && errno == EINTR { continue }
      // Nobody reads the log any more: there is nowhere left to say so.
      guard count > 0 else { return }
      offset += count
    }
  }
}
