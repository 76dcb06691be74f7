internal import Foundation
internal import GuobanImport
internal import GuobanModel

/// The files that an import is made of, in the order in which they are sent.
struct ImportList {
  /// One file with the table that reads it.
  struct Item {
    var table: ImportTable
    var source: ImportSource
    var companion: ImportSource?

    func open(_ limits: ImportLimits) -> RecordStream {
      table.open(source, companion: companion, limits: limits)
    }
  }

  private(set) var items: [Item] = []
  /// Files in folders that nothing reads.
  private(set) var strangers: [String] = []
  private var companions: [String: ImportSource] = [:]

  /// - Parameters:
  ///   - paths: files and folders.
  ///   - type: what all of them are, instead of what their names and heads say.
  init(_ paths: [String], type: ImportTable?, limits: ImportLimits) throws(Failure) {
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .input(say("没有 \(path) 这个文件或文件夹。", "There is no \(path)."))
      }
      if isFolder.boolValue {
        try addFolder(path, type, limits)
      } else if try !add(path, type, limits) {
        throw .input(Self.unknown(path))
      }
    }
    let order = Dictionary(ImportTable.all.enumerated().map { ($1.stem, $0) }, uniquingKeysWith: { first, _ in first })
    items = items.enumerated().sorted { one, other in
      (order[one.element.table.stem] ?? 0, one.offset) < (order[other.element.table.stem] ?? 0, other.offset)
    }.map(\.element)
    for index in items.indices {
      for stem in items[index].table.companions where items[index].companion == nil {
        items[index].companion = companions[stem]
      }
    }
    let used = Set(items.compactMap { $0.companion?.path })
    strangers += companions.values.filter { !used.contains($0.path) }.map(\.name).sorted()
    guard !items.isEmpty else {
      if let lone = strangers.first(where: { Self.main(of: $0) != nil }) { throw .input(Self.hint(about: lone)) }
      let known = ImportTable.files.joined(separator: say("、", ", "))
      throw .input(
        say(
          "\(paths.joined(separator: "、")) 里没有可导入的文件。认得的文件名：\(known)（也可以是 .xlsx、.jsonl）。guobanctl sample --into DIR 可写出样例，guobanctl import template 类型 写出空表。",
          "\(paths.joined(separator: ", ")) has no file to import. Known names: \(known), or .xlsx and .jsonl. guobanctl sample --into DIR writes a sample."
        ))
    }
  }

  private mutating func addFolder(_ path: String, _ type: ImportTable?, _ limits: ImportLimits) throws(Failure) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw .input(say("目录 \(path) 读不了：\(error.localizedDescription)", "\(path): \(error.localizedDescription)"))
    }
    for name in names where !name.hasPrefix(".") && !name.hasPrefix("~$") && FileFormat(fileName: name) != nil {
      if try !add(path + "/" + name, type, limits) { strangers.append(name) }
    }
    // A folder of yearly holiday files lies beside the other files.
    let holidays = path + "/holidays"
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: holidays, isDirectory: &isFolder), isFolder.boolValue, type == nil {
      try addFolder(holidays, nil, limits)
    }
  }

  /// False for a file that nothing reads.
  private mutating func add(_ path: String, _ type: ImportTable?, _ limits: ImportLimits) throws(Failure) -> Bool {
    let name = URL(fileURLWithPath: path).lastPathComponent
    guard let format = FileFormat(fileName: name) else { return false }
    let source = ImportSource(path: path, name: name, format: format)
    let stem = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
    if ImportTable.all.contains(where: { $0.companions.contains(stem) }) {
      companions[stem] = source
      return true
    }
    guard let table = type ?? ImportTable.of(source, limits: limits) else { return false }
    items.append(Item(table: table, source: source))
    return true
  }

  /// The file that a companion's rows are read into: `projects.csv` of `project_plans.csv`.
  private static func main(of name: String) -> String? {
    let stem = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
    return ImportTable.all.first { $0.companions.contains(stem) }?.file
  }

  private static func unknown(_ path: String) -> String {
    let types = ImportTable.records.map(\.title).joined(separator: "、")
    return say(
      "认不出 \(path) 是什么表：请用 --type 指明（\(types)；自定义台账写 register:编号），或按 guobanctl import template 写出的表头填写。",
      "What \(path) holds is not clear: say it with --type (Region, Enterprise…, register:ID), or use the heads of a template."
    )
  }

  /// What to say about a file that nothing reads.
  static func hint(about stranger: String) -> String {
    if let main = main(of: stranger) {
      return say(
        "没有导入 \(stranger)：它要和 \(main) 一起导入（放在同一个文件夹里，或两个文件都写上）；也可以把各年的计划写成 \(main) 里的列，如 2023年计划(万元)。",
        "\(stranger) was not imported: it goes with \(main), in the same folder or the same command.")
    }
    let nearest = ImportTable.files.map { (NameLikeness.share(stranger, $0), $0) }.max { $0.0 < $1.0 }
    let guess = nearest.flatMap { $0.0 > .zero && $0.1 != stranger ? $0.1 : nil }
    return say(
      "没有导入 \(stranger)：文件名和表头都不认识" + (guess.map { "，是不是 \($0)?" } ?? "。"),
      "\(stranger) was not imported: neither name nor heads are known" + (guess.map { "; did you mean \($0)?" } ?? "."))
  }
}
