public import GuobanServer

/// Everything that an operator can set; one struct per concern, the defaults being the initial values.
///
/// ``Setting/all`` says for each field its name, its limits and what it means. Relative paths are inside ``dataDir``.
public struct DaemonConfiguration: Sendable, Equatable {
  /// Where the ledger, the token, the keys and, by default, the snapshots are.
  public var dataDir: String
  public var listen = Listen()
  public var tls = TLS()
  /// Limits of the RPC server; `drainGrace` is its `drainTimeout`.
  public var rpc = ServerConfiguration()
  /// Records of a page when the request names no size.
  public var pageSizeDefault = 100
  public var imports = Imports()
  public var watch = WatchLimits()
  public var storage = Storage()
  public var reporters = Reporters()
  public var jobs = Jobs()
  public var snapshots = Snapshots()
  public var audit = Audit()
  public var passes = Passes()
  public var tickets = Tickets()
  public var keys = Keys()
  public var personalData = PersonalData()
  public var logs = Logs()
  public var metrics = Metrics()

  /// The defaults, for a ledger in `dataDir`.
  public init(dataDir: String) {
    self.dataDir = dataDir
    rpc.name = DaemonVersion.name
  }

  /// Where the daemon can be called.
  public struct Listen: Sendable, Equatable {
    /// Empty: no Unix socket.
    public var socketPath = "guoban.sock"
    public var tcpEnabled = true
    public var tcpHost = "127.0.0.1"
    /// 0: the system chooses a free port, which the log names.
    public var tcpPort = 7613
    public var tlsEnabled = false
    public var tlsHost = "0.0.0.0"
    /// 0: as for TCP.
    public var tlsPort = 7614
  }

  /// What the TLS socket shows, and what it asks for.
  public struct TLS: Sendable, Equatable {
    public var certificateFile = ""
    public var keyFile = ""
    public var clientCaFile = ""
    public var clientCertificate = "none"
    public var minimumVersion = "1.3"
    /// How often the files are looked at.
    public var checkInterval = Duration.seconds(5)
  }

  /// Limits of imports, which are staged before they are written.
  public struct Imports: Sendable, Equatable {
    public var openMax = 48
    public var recordsMax = 100_000
    public var bytesMax = 32 << 20
    public var totalBytesMax = 128 << 20
    public var idleTimeout = Duration.seconds(120)
  }

  /// Limits of the embedded storage.
  public struct Storage: Sendable, Equatable {
    public var cacheBytesMax = 256 << 20
    public var pageCacheBytesMax = 16 << 20
    public var writeQueueMax = 8192
    public var groupRequestsMax = 512
    public var groupBytesMax = 8 << 20
    public var readersMax = 8
    public var checkpointPages = 4096
    public var quickCheckAtStartup = true
    public var quickCheckBytesMax = 64 << 20
  }

  /// Where reporters are, and what one run may use.
  public struct Reporters: Sendable, Equatable {
    /// Empty: where the installation put them, see ``DaemonConfiguration/reportersFolder(programFolder:exists:)``.
    public var folder = ""
    /// Empty: `guoban-sandbox` beside the daemon's own program.
    public var sandboxProgram = ""
    public var libraryFolders: [String] = []
    public var requiresAllProtections = false
    public var runTimeout = Duration.seconds(60)
    public var cpuSecondsMax = 30
    public var memoryBytesMax = 256 << 20
    public var rowsMax = 200_000
    public var outputBytesMax = 32 << 20
    public var brokenRunsMax = 3
  }

  /// Threads for long work: reports, snapshots, verifications.
  public struct Jobs: Sendable, Equatable {
    public var threads = 2
    public var queueMax = 16
  }

  /// When the ledger archives itself, where to, and how long snapshots stay.
  public struct Snapshots: Sendable, Equatable {
    /// Five-field cron. Empty: only on request.
    public var schedule = "30 2 * * *"
    public var timeZone = "Asia/Shanghai"
    public var directory = "snapshots"
    public var level = 3
    public var keepLast = 24
    public var keepDaily = 31
    public var keepWeekly = 53
    public var keepMonthly = 120
  }

  /// How long the change log is kept, and when what is older is removed.
  public struct Audit: Sendable, Equatable {
    /// Three years.
    public var keepDays = 1096
    /// Five-field cron in ``Snapshots/timeZone``. Empty: only on request.
    public var compactionSchedule = ""
  }

  /// What a pass gets when its request leaves it out.
  public struct Passes: Sendable, Equatable {
    public var validDaysDefault = 7
    public var validDaysMax = 366
  }

  /// How long tickets may take (13710), and which days count.
  public struct Tickets: Sendable, Equatable {
    public var days = "calendar"
    public var assignDays = 1
    public var firstFeedbackDays = 3
    public var ordinaryDays = 7
    public var majorMonths = 1
    public var returnDays = 2
  }

  /// Where the daemon's keys are.
  public struct Keys: Sendable, Equatable {
    /// Empty: beside the data directory, under its name and "-keys".
    public var directory = ""
    public var acceptLoss = false
  }

  /// What becomes of names, phones and identity numbers.
  public struct PersonalData: Sendable, Equatable {
    /// After a pass's last day, a ticket's end; 0: never erased.
    public var retentionDays = 180
    public var batchRecords = 200
  }

  /// What is logged to standard error, and how.
  public struct Logs: Sendable, Equatable {
    public var level = "info"
    public var format = "text"
    /// Unary calls that take longer are logged; zero: none.
    public var slowCallThreshold = Duration.seconds(1)
    public var slowCallsPerMinuteMax = 60
    /// Lines about connections refused or closed for a reason; whoever floods a port would otherwise fill the disk.
    public var peerLinesPerMinuteMax = 600
  }

  /// The HTTP port with metrics, liveness and readiness.
  public struct Metrics: Sendable, Equatable {
    /// A daemon opens no port that nobody asked for.
    public var enabled = false
    public var host = "127.0.0.1"
    /// 0: the system chooses a free port, which the log names.
    public var port = 7615
    public var connectionsMax = 16
    public var requestBytesMax = 8 << 10
    /// Time for a request to arrive, and again for its answer to be read.
    public var requestTimeout = Duration.seconds(5)
    /// With less free where the ledger is, the daemon is not ready.
    public var diskFreeBytesMin = 64 << 20
  }
}
