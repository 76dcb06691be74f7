public import GuobanModel

/// The parameters of one run, defaults filled in by the host. Reading one checks it, with a message for the clerk.
public struct Parameters: Sendable {
  /// By name, as given.
  public let values: [String: String]

  /// Wraps what the host sent.
  public init(_ values: [String: String]) {
    self.values = values
  }

  /// The text of a parameter; nil when it is absent or empty.
  public func optionalText(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The text of a parameter that must be there.
  public func text(_ name: String) throws(ReportFailure) -> String {
    guard let text = optionalText(name) else {
      throw ReportFailure("PARAMETER_MISSING", "缺少参数 \(name)，请补上，如 --param \(name)=…")
    }
    return text
  }

  /// A whole number within a range; nil when it is absent or empty.
  public func optionalInteger(_ name: String, in range: ClosedRange<Int>) throws(ReportFailure) -> Int? {
    guard let text = optionalText(name) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw ReportFailure(
        "PARAMETER_RANGE", "参数 \(name) 必须是 \(range.lowerBound)…\(range.upperBound) 之间的整数，现在是 \(text)")
    }
    return value
  }

  /// A whole number within a range.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(ReportFailure) -> Int {
    guard let value = try optionalInteger(name, in: range) else {
      throw ReportFailure("PARAMETER_MISSING", "缺少参数 \(name)，请补上，如 --param \(name)=\(range.lowerBound)")
    }
    return value
  }

  /// One of the cases of an enum whose raw values are the texts allowed, whatever their case.
  public func choice<Choice>(_ name: String, default fallback: Choice) throws(ReportFailure) -> Choice
  where Choice: RawRepresentable<String> & CaseIterable {
    guard let text = optionalText(name) else { return fallback }
    if let choice = Choice.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) { return choice }
    let allowed = Choice.allCases.map { $0.rawValue.lowercased() }.joined(separator: "、")
    throw ReportFailure("PARAMETER_CHOICE", "参数 \(name) 只能是 \(allowed)，现在是 \(text)")
  }

  /// An exact decimal number in millionths; nil when it is absent or empty.
  public func optionalDecimal(_ name: String) throws(ReportFailure) -> DecimalE6? {
    guard let text = optionalText(name) else { return nil }
    do {
      return try DecimalE6(text)
    } catch {
      throw ReportFailure("PARAMETER_NUMBER", "参数 \(name) 必须是数字：\(error.message)")
    }
  }

  /// How the report's figures are rounded: parameter `rounding`, half up when it is absent.
  public func rounding() throws(ReportFailure) -> Reporting.Rounding {
    switch try choice("rounding", default: RoundingMode.halfUp) {
    case .halfUp: .halfUp
    case .halfEven: .halfEven
    case .truncate: .truncate
    }
  }
}
