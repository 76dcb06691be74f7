public import GuobanModel

/// One thing that is wrong in a file: where it stands, and what the clerk can do about it.
public struct ImportProblem: Error, Hashable, Sendable {
  /// The file's name in its folder.
  public var file: String
  /// From 1, counting as a text editor does; 0 when the whole file is meant.
  public var line: Int
  /// The head over the cell, as it stands in the file; empty when the whole row is meant.
  public var column: String
  /// The rule that is broken and what to do.
  public var violation: RuleViolation

  public init(file: String, line: Int, column: String = "", violation: RuleViolation) {
    self.file = file
    self.line = line
    self.column = column
    self.violation = violation
  }
}

/// The problems of one file: the first ones in full, the rest as a number.
public struct ImportProblems: Sendable {
  /// In the order of the file, at most ``ImportLimits/problemsMax``.
  public private(set) var kept: [ImportProblem] = []
  /// All of them.
  public private(set) var count = 0
  private let keptMax: Int

  public init(keptMax: Int) { self.keptMax = keptMax }

  public var isEmpty: Bool { count == 0 }

  public mutating func append(_ problem: ImportProblem) {
    count += 1
    if kept.count < keptMax { kept.append(problem) }
  }

  public mutating func append(_ other: ImportProblems) {
    for problem in other.kept { append(problem) }
    count += other.count - other.kept.count
  }
}
