public import GuobanMessages

/// What `reporter.yaml` says, checked.
public struct ReporterManifest: Sendable, Equatable {
  /// `[a-z][a-z0-9_]*`, at most 64.
  public var id: String
  public var version: String
  public var title: String
  public var description: String
  public var program: Program
  public var parameters: [Parameter]
  /// The sources that it may ask for: "Region", "ProjectPlan".
  public var sources: [String]
  public var limits: Limits

  /// How it is started.
  public enum Program: Sendable, Equatable {
    /// A shared library with the entry function.
    case module(String)
    /// A program, or a script with `#!`.
    case executable(String)

    /// A file of the reporter's folder.
    public var file: String {
      switch self {
      case .module(let file), .executable(let file): file
      }
    }
  }

  /// A parameter that a run takes.
  public struct Parameter: Sendable, Equatable {
    public var name: String
    public var title: String
    public var kind: Reporting.ParameterKind
    public var isRequired: Bool
    public var defaultValue: String
    public var choices: [String]

    /// As it is told to clients.
    public var spec: Reporting.ParameterSpec {
      Reporting.ParameterSpec(
        name: name, kind: kind, defaultValue: defaultValue, title: title, choices: choices, required: isRequired)
    }
  }

  /// What it asks for; nil where it leaves that to the daemon.
  public struct Limits: Sendable, Equatable {
    public var memoryMiB: Int?
    public var cpuSeconds: Int?
    public var wallSeconds: Int?
    public var rows: Int?
  }
}
