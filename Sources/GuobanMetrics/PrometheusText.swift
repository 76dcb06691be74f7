/// Families of metrics in Prometheus' text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public enum PrometheusText {
  /// What the page is sent as.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The whole page.
  public static func page(_ families: [MetricFamily]) -> String {
    var page = ""
    for family in families where !family.samples.isEmpty {
      page += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
      page += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples { append(sample, of: family.name, to: &page) }
    }
    return page
  }

  private static func append(_ sample: MetricFamily.Sample, of name: String, to page: inout String) {
    switch sample.value {
    case .number(let number): page += "\(name)\(labels(sample.labels)) \(text(number))\n"
    case .count(let count): page += "\(name)\(labels(sample.labels)) \(count)\n"
    case .histogram(let histogram, let unit):
      var cumulative: UInt64 = 0
      for (index, count) in histogram.counts.enumerated() {
        cumulative &+= count
        let bound = index < histogram.bounds.count ? text(Double(histogram.bounds[index]) / unit) : "+Inf"
        page += "\(name)_bucket\(labels(sample.labels + [("le", bound)])) \(cumulative)\n"
      }
      page += "\(name)_sum\(labels(sample.labels)) \(text(Double(histogram.sum) / unit))\n"
      page += "\(name)_count\(labels(sample.labels)) \(cumulative)\n"
    }
  }

  private static func labels(_ labels: [(name: String, value: String)]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
  }

  private static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    return number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
