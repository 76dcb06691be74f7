internal import GuobanModel

extension ImportTable {
  /// Whose file this is, by its name (`enterprises.csv`, `企业.xlsx`, `企业-错误.xlsx`) or else by its heads; nil when
  /// nobody's.
  public static func of(_ source: ImportSource, limits: ImportLimits) -> ImportTable? {
    let stem = source.name.prefix(upTo: source.name.lastIndex(of: ".") ?? source.name.endIndex)
    if source.format == .json {
      return stem.count == 4 && stem.allSatisfy(\.isNumber) ? all.first { $0.stem == "holiday-year" } : nil
    }
    // 企业-错误.xlsx, 企业-错误2.xlsx
    let plain =
      stem.ranges(of: errorsSuffix).last.map { mark in
        stem[mark.upperBound...].allSatisfy(\.isNumber) ? stem[..<mark.lowerBound] : stem
      } ?? stem
    let named = all.first { $0.stem == plain.lowercased() || $0.title == plain && !$0.isForeign }
    if source.format == .jsonl { return named ?? .named(String(plain)) }
    guard let header = header(of: source, limits: limits) else { return named ?? .named(String(plain)) }
    // regions.csv may be the statisticians', and cities.csv a clerk's.
    if DivisionReading.isOne(header.cells) {
      return named?.isForeign == true ? named : all.first { $0.stem == "areas" }
    }
    if let named, !named.isForeign { return named }
    if let table = ImportTable.named(String(plain)) { return table }
    let fitting = records.filter { $0.recognise(header) }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// What the copy with reasons is called: `企业-错误.xlsx`.
  public static let errorsSuffix = "-错误"

  private static func header(of source: ImportSource, limits: ImportLimits) -> SourceRow? {
    var rows: any RowSource
    do throws(SourceFault) { rows = try ReadableSource(source).rows(limits) } catch { return nil }
    for _ in 0...limits.titleRowsMax {
      do throws(SourceFault) {
        guard let row = try rows.next() else { return nil }
        if row.cells.count(where: { !$0.trimmed.isEmpty }) > 1 { return row }
      } catch {
        return nil
      }
    }
    return nil
  }
}
