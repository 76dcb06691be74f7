internal import GuobanStorage

/// The SQL that leads from each record of a tree to the one of a level that it lies in.
///
/// Two common tables: the records of the level, and those with all below them. A record that is of no ordinary level, as
/// a development zone, counts as one level below its parent. No record has two places, so that nothing is summed twice.
struct LevelJoin {
  let number: Int
  /// The SQL of the column with the keys.
  let column: String
  let level: TreeSchema.Level
  let tree: TreeSchema
  let type: String
  let levelParameter: String
  let levelParameters: [String]
  /// The level above; nil at the top.
  let aboveParameter: String?

  var name: String { "l\(number)" }
  private var base: String { "b\(number)" }

  var definition: String {
    let (table, kind, parent) = (quoted(type), quoted(tree.level), quoted(tree.parent))
    var ofLevel = "SELECT r.key FROM \(table) AS r WHERE r.\(kind) = \(levelParameter)"
    if let aboveParameter {
      ofLevel +=
        " OR (r.\(kind) NOT IN (\(levelParameters.joined(separator: ","))) AND r.\(parent) IN"
        + " (SELECT a.key FROM \(table) AS a WHERE a.\(kind) = \(aboveParameter)))"
    }
    return "\(base)(code) AS MATERIALIZED (\(ofLevel)), \(name)(code, place) AS (SELECT code, code FROM \(base)"
      + " UNION SELECT r.key, u.place FROM \(name) AS u JOIN \(table) AS r ON r.\(parent) = u.code"
      + " WHERE r.key NOT IN (SELECT code FROM \(base)))"
  }
}
