/// Where reporters are and what one run may cost. A `reporter.yaml` can ask for less, never for more.
public struct ReporterHostConfiguration: Sendable {
  /// The folder with one folder per reporter.
  public var reportersFolder: String
  /// A folder of the daemon's own, on a file system that allows executing: each run gets a private folder in it.
  public var runsFolder: String
  /// The program `guoban-sandbox`.
  public var sandboxProgram: String
  /// What a reporter may read while it loads: system libraries, interpreters.
  public var readPaths: [String]
  /// Where the loader looks for libraries that are not in system folders, such as a Swift toolchain's.
  public var libraryFolders: [String]
  /// Refuse to run when the kernel lacks a protection. Otherwise the missing ones are reported with every run.
  public var requiresAllProtections: Bool

  /// Bytes and number of all files of one reporter, and bytes of its `reporter.yaml`.
  public var packageBytesMax = 128 << 20
  public var packageFilesMax = 256
  public var manifestBytesMax = 64 << 10

  /// Memory one run may map.
  public var addressSpaceBytesMax = 256 << 20
  /// Processor time of one run.
  public var cpuSecondsMax = 30
  /// Wall clock time of one run, its data included.
  public var wallTimeout = Duration.seconds(60)
  /// How long a reporter may take to end after its answer.
  public var endTimeout = Duration.seconds(2)
  public var openFilesMax = 64

  /// Queries of one run, rounds of them, and rows of one answer.
  public var queriesMax = 64
  public var queryRoundsMax = 16
  public var dataRowsMax = 200_000
  /// Rows in one Columns message.
  public var batchRowsMax = 4_096

  /// All that one run may write to its output, and the part of its log that is kept.
  public var outputBytesMax = 32 << 20
  public var logBytesMax = 64 << 10
  public var resultLimits = ResultLimits()

  /// Broken runs in a row until a reporter is quarantined.
  public var brokenRunsMax = 3

  /// With the standard limits.
  public init(
    reportersFolder: String, runsFolder: String, sandboxProgram: String, readPaths: [String] = Self.systemReadPaths,
    libraryFolders: [String], requiresAllProtections: Bool
  ) {
    self.reportersFolder = reportersFolder
    self.runsFolder = runsFolder
    self.sandboxProgram = sandboxProgram
    self.readPaths = readPaths
    self.libraryFolders = libraryFolders
    self.requiresAllProtections = requiresAllProtections
  }

  /// System libraries and interpreters of a Debian system. Nothing in them is secret.
  public static let systemReadPaths = [
    "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/bin", "/usr/local/bin", "/usr/share/zoneinfo", "/lib", "/lib64",
    "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom",
  ]
}
