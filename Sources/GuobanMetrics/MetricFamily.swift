/// Everything measured under one name, as it is at one moment.
public struct MetricFamily: Sendable {
  /// How values behave.
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  /// One value with its labels.
  public struct Sample: Sendable {
    public enum Value: Sendable {
      case number(Double)
      case count(UInt64)
      /// Bounds and sum are divided by `unit`: 1e9 turns nanoseconds into seconds.
      case histogram(HistogramSnapshot, unit: Double)
    }

    public var labels: [(name: String, value: String)]
    public var value: Value

    /// One value.
    public init(_ value: Value, _ labels: [(name: String, value: String)] = []) {
      self.labels = labels
      self.value = value
    }
  }

  /// `guoban_calls_total`: what, and the unit last; counters end in `_total`.
  public var name: String
  public var kind: Kind
  /// One sentence for the operator.
  public var help: String
  public var samples: [Sample]

  /// A family with many values.
  public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// A counter with one value.
  public static func counter(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
    MetricFamily(name, .counter, help, [Sample(.count(value))])
  }

  /// A gauge with one value.
  public static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
    MetricFamily(name, .gauge, help, [Sample(.number(value))])
  }

  /// A gauge with one whole value.
  public static func gauge(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
    MetricFamily(name, .gauge, help, [Sample(.count(value))])
  }

  /// A histogram of nanoseconds, shown in seconds.
  public static func seconds(_ name: String, _ help: String, _ value: HistogramSnapshot) -> MetricFamily {
    MetricFamily(name, .histogram, help, [Sample(.histogram(value, unit: 1e9))])
  }
}
