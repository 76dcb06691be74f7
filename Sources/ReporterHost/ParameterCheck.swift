internal import GuobanMessages
internal import GuobanModel

/// A parameter of a request that cannot be used: for the clerk.
public struct ParameterProblem: Error, Hashable, Sendable {
  public var name: String
  public var value: String
  /// UPPER_SNAKE_CASE
  public var rule: String
  /// Chinese: the rule, and what to do.
  public var message: String
  /// The same in English.
  public var englishMessage: String
}

/// All that is wrong with the parameters of a request.
public struct ParameterProblems: Error, Hashable, Sendable, CustomStringConvertible {
  public var problems: [ParameterProblem]

  public var description: String { problems.map { "\($0.name)：\($0.message)" }.joined(separator: "；") }
}

extension ReporterManifest {
  static let parameterBytesMax = 1024

  /// The parameters of a run: what was given, and defaults for the rest. Reports all problems at once.
  public func parameters(filling given: [String: String]) throws(ParameterProblems) -> [String: String] {
    var problems: [ParameterProblem] = []
    var filled: [String: String] = [:]
    let names = parameters.map(\.name).joined(separator: ", ")
    for (name, value) in given.sorted(by: { $0.key < $1.key }) where !parameters.contains(where: { $0.name == name }) {
      problems.append(
        ParameterProblem(
          name: name, value: value, rule: "PARAMETER_UNKNOWN", message: "报表 \(id) 没有参数 \(name)，可用的是 \(names)",
          englishMessage: "reporter \(id) has no parameter \(name); there are \(names)"))
    }
    for parameter in parameters {
      let value = given[parameter.name].flatMap { $0.isEmpty ? nil : $0 } ?? parameter.defaultValue
      if let rule = parameter.violation(of: value) {
        problems.append(
          ParameterProblem(
            name: parameter.name, value: value, rule: "PARAMETER_VALUE", message: rule.chinese,
            englishMessage: rule.english))
      } else if value.isEmpty && parameter.isRequired {
        problems.append(
          ParameterProblem(
            name: parameter.name, value: "", rule: "PARAMETER_MISSING",
            message: "缺少参数 \(parameter.name)（\(parameter.title)）",
            englishMessage: "the parameter \(parameter.name) (\(parameter.title)) is missing"))
      } else {
        filled[parameter.name] = value
      }
    }
    guard problems.isEmpty else { throw ParameterProblems(problems: problems) }
    return filled
  }
}

extension ReporterManifest.Parameter {
  /// The rule that a value breaks; nil for a good one. Empty is good: there is no value.
  func violation(of value: String) -> (chinese: String, english: String)? {
    if value.isEmpty { return nil }
    if value.utf8.count > ReporterManifest.parameterBytesMax {
      return ("最长 \(ReporterManifest.parameterBytesMax) 字节", "at most \(ReporterManifest.parameterBytesMax) bytes")
    }
    switch kind {
    case .integer where Int64(value) == nil: return ("必须是整数，现在是 \(value)", "must be an integer, not \(value)")
    case .decimal where (try? DecimalE6(value)) == nil: return ("必须是数字，现在是 \(value)", "must be a number, not \(value)")
    case .bool where value != "true" && value != "false":
      return ("必须是 true 或 false，现在是 \(value)", "must be true or false, not \(value)")
    case .choice where !choices.contains(value):
      return (
        "只能是 \(choices.joined(separator: "、"))，现在是 \(value)",
        "must be one of \(choices.joined(separator: ", ")), not \(value)"
      )
    default: return nil
    }
  }
}
