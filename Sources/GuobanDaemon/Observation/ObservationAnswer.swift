internal import GuobanMetrics
internal import NIOHTTP1

/// What the HTTP port says to a request. Pure but for asking the figures.
struct ObservationAnswer {
  var status: HTTPResponseStatus
  var contentType = "text/plain; charset=utf-8"
  /// For 405.
  var allow: String?
  var body: String

  private init(_ status: HTTPResponseStatus, _ body: String) {
    self.status = status
    self.body = body
  }

  /// Answers a request. `figures` is asked for what is wanted alone.
  init(_ method: HTTPMethod, _ target: String, figures: DaemonFigures) {
    guard method == .GET || method == .HEAD else {
      self = Self(.methodNotAllowed, "only GET and HEAD\n")
      allow = "GET, HEAD"
      return
    }
    switch target.prefix(while: { $0 != "?" }) {
    case "/metrics":
      self = Self(.ok, PrometheusText.page(figures.families()))
      contentType = PrometheusText.contentType
    case "/healthz":
      self = Self(.ok, "ok\n")
    case "/readyz":
      let readiness = figures.readiness
      self = Self(readiness.isReady ? .ok : .serviceUnavailable, readiness.text)
    default:
      self = Self(.notFound, "there are /metrics, /healthz and /readyz\n")
    }
  }

  static let hasBody = Self(.badRequest, "a request here has no body\n")
  static let tooLong = Self(.requestHeaderFieldsTooLarge, "the request is too long (metrics.requestBytesMax)\n")
  static let late = Self(.requestTimeout, "the request took too long (metrics.requestTimeout)\n")
  static let noHTTP = Self(.badRequest, "this is no HTTP/1.1 request\n")
  static let full = Self(.serviceUnavailable, "too many connections (metrics.connectionsMax)\n")
}
