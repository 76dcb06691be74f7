internal import GuobanLedger
internal import GuobanStorage

/// How the rows of a source, a record type or a child of one, belong to regions.
struct SourceTie: Sendable {
  /// Seen from the source: of a child it leads through its "key".
  let tie: RegionTie
  private let source: String
  /// The record type itself, or the child's parent.
  private let record: String

  /// One reference on a path.
  struct Step {
    /// As far as it: "project".
    var path: String
    /// The record type it leads to.
    var target: String
  }

  /// The tie of a source; one that there is not is refused.
  static func of(_ source: String) throws -> SourceTie {
    guard let tie = all[source] else {
      throw StorageError(.invalidQuery, "没有“\(source)”这种记录", "there is no record type “\(source)”")
    }
    return tie
  }

  private static let all: [String: SourceTie] = {
    var all: [String: SourceTie] = [:]
    for definition in RecordCatalog.all {
      let type = definition.type
      all[type.schema.name] = SourceTie(tie: type.regionTie, source: type.schema.name, record: type.schema.name)
      for child in type.schema.children {
        var tie = type.regionTie
        if case .region(let path) = tie { tie = .region(at: "key.\(path)") }
        all[child.name] = SourceTie(tie: tie, source: child.name, record: type.schema.name)
      }
    }
    return all
  }()

  private static let catalog = try? SchemaCatalog(RecordCatalog.schemas)

  /// The references that `path` follows.
  func steps(of path: String) throws -> [Step] {
    let steps = try Self.catalog?.resolve(path, in: source).steps ?? []
    return steps.enumerated().map { index, step in
      Step(path: steps[...index].map(\.column).joined(separator: "."), target: step.target)
    }
  }

  /// Whether everybody who sees the row may see what this step leads to.
  func covers(_ step: Step) -> Bool {
    if RecordCatalog.definition(named: step.target)?.type.isShared == true { return true }
    // A child's references to its parent's type are to its parent: it has no others.
    if source != record { return step.target == record }
    guard case .region(let path) = tie else { return false }
    return path.hasPrefix(step.path + ".")
  }
}
