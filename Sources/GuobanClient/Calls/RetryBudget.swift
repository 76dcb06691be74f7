/// Bounds the retries of all calls together, as gRPC does: each takes a token, each success gives back a part of one, and
/// below half of the tokens nothing is retried. So a daemon that answers nobody is not asked several times by everybody.
///
/// Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md, "Throttling".
struct RetryBudget {
  private let tokensMax: Double
  private let tokensPerSuccess: Double
  private var tokens: Double

  init(_ configuration: ClientConfiguration) {
    tokensMax = configuration.retryTokensMax
    tokensPerSuccess = configuration.retryTokensPerSuccess
    tokens = configuration.retryTokensMax
  }

  mutating func succeeded() { tokens = min(tokensMax, tokens + tokensPerSuccess) }

  /// Whether another retry is allowed; if so it counts.
  mutating func take() -> Bool {
    guard tokens > tokensMax / 2 else { return false }
    tokens -= 1
    return true
  }
}
