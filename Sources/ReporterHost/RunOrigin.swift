/// The call that asked for a report, as logs name it.
public struct RunOrigin: Sendable {
  public var requestID: String
  /// W3C Trace Context; empty: none.
  public var traceParent: String

  /// Empty texts: nobody asked.
  public init(requestID: String = "", traceParent: String = "") {
    self.requestID = requestID
    self.traceParent = traceParent
  }
}
