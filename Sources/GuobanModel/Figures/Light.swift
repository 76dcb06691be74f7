/// The traffic light of a unit's progress.
public enum Light: String, Sendable, CaseIterable {
  case green = "GREEN"
  case yellow = "YELLOW"
  case red = "RED"
}

/// Which lead gives which light. A lead is completion share − schedule share: −0.3 is 30 pp behind.
public struct LightThresholds: Hashable, Sendable {
  /// The least lead that is green.
  public let greenFrom: Fraction
  /// The least lead that is yellow: 30 pp behind still is, anything further is red.
  public let yellowFrom: Fraction

  /// Green on schedule or ahead, yellow behind by up to 30 pp, red more.
  public static let standard = LightThresholds(
    checkedGreenFrom: .zero, yellowFrom: Fraction(inLowestTerms: -3, over: 10))

  private init(checkedGreenFrom greenFrom: Fraction, yellowFrom: Fraction) {
    self.greenFrom = greenFrom
    self.yellowFrom = yellowFrom
  }

  /// - Throws: `LIGHT_THRESHOLDS` if yellow would begin above green.
  public init(greenFrom: Fraction, yellowFrom: Fraction) throws(RuleViolation) {
    guard yellowFrom <= greenFrom else {
      throw RuleViolation(
        rule: "LIGHT_THRESHOLDS",
        message: "黄灯起点 \(yellowFrom) 不能高于绿灯起点 \(greenFrom)",
        englishMessage: "yellow cannot begin at \(yellowFrom), above green at \(greenFrom)")
    }
    self.init(checkedGreenFrom: greenFrom, yellowFrom: yellowFrom)
  }

  /// The light of one lead.
  public func light(lead: Fraction) -> Light {
    lead >= greenFrom ? .green : lead >= yellowFrom ? .yellow : .red
  }
}
