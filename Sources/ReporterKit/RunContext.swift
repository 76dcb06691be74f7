public import GuobanMessages
public import GuobanModel

/// What a run has: its parameters, the day, the data it asked for, and a way to ask for more.
public struct RunContext {
  /// Defaults filled in.
  public let parameters: Parameters
  /// The day in Asia/Shanghai, as the daemon sees it: the sandbox's own clock is not to be relied on.
  public let today: CivilDate
  /// The revision of the ledger that all data of this run comes from.
  public let revision: UInt64
  /// Names the call that asked for the report, for log lines; empty when nobody did.
  public let requestID: String
  /// That call's W3C Trace Context; empty when it has none.
  public let traceParent: String

  private let frames: [String: DataFrame]
  private let fetchMore: ([DataQuery]) throws -> [String: DataFrame]

  /// Puts a context together; a test can give its own data.
  public init(
    parameters: Parameters, today: CivilDate, revision: UInt64, requestID: String = "", traceParent: String = "",
    frames: [String: DataFrame], fetchMore: @escaping ([DataQuery]) throws -> [String: DataFrame]
  ) {
    self.parameters = parameters
    self.today = today
    self.revision = revision
    self.requestID = requestID
    self.traceParent = traceParent
    self.frames = frames
    self.fetchMore = fetchMore
  }

  /// The answer to a query of `describe`.
  public func frame(_ name: String) throws -> DataFrame {
    guard let frame = frames[name] else { throw ProtocolError("no query is called \(name)") }
    return frame
  }

  /// Asks for more, from the same view of the ledger. The host allows a few rounds.
  public func fetch(_ query: DataQuery) throws -> DataFrame {
    guard let frame = try fetchMore([query])[query.name] else { throw ProtocolError("no answer to \(query.name)") }
    return frame
  }
}
