internal import Foundation
internal import Glibc
internal import GuobanImport
internal import GuobanModel

/// The files of a folder that an import is made of.
struct ImportFolder {
  let path: String
  /// The tables that have a file, in the order in which they are sent.
  let tables: [ImportTable]
  /// CSV files that no table reads.
  let strangers: [String]

  init(path: String) throws(Failure) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw .input(
        say("目录 \(path) 读不了：它应是放 CSV 的文件夹。", "\(path) cannot be read; it must be the folder with the CSV files."))
    }
    self.path = path
    tables = ImportTable.all.filter { table in names.contains(table.file) }
    let read = Set(tables.flatMap { [$0.file] + $0.companions })
    strangers = names.filter { $0.lowercased().hasSuffix(".csv") && !read.contains($0) }
    guard !tables.isEmpty else {
      let known = ImportTable.files.joined(separator: say("、", ", "))
      throw .input(
        say(
          "目录 \(path) 里没有可导入的文件。认得的文件名：\(known)。guobanctl sample --into DIR 可写出样例。",
          "\(path) has no file to import. Known names: \(known). guobanctl sample --into DIR writes a sample."))
    }
  }

  /// Reads one table's file and its companions.
  func read(_ table: ImportTable, limits: ImportLimits) throws(Failure) -> ImportedFile {
    var contents: [String: [UInt8]] = [:]
    for name in [table.file] + table.companions {
      let file = path + "/" + name
      guard name == table.file || FileManager.default.fileExists(atPath: file) else { continue }
      guard isRegularFile(file) else {
        throw .input(say("\(file) 不是文件(是目录、管道或设备),读不了。", "\(file) is not a file but a directory, pipe or device."))
      }
      do {
        contents[name] = try readFile(file, bytesMax: limits.fileBytesMax)
      } catch {
        throw .input(say("文件 \(file) 读不了：\(error.localizedDescription)", "\(file): \(error.localizedDescription)"))
      }
    }
    return table.read(contents, limits: limits)
  }

  /// Or a link to one. Opening a pipe would wait for a writer for ever.
  private func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// What to say about a file that nothing reads.
  static func hint(about stranger: String) -> String {
    let nearest = ImportTable.files.map { (NameLikeness.share(stranger, $0), $0) }.max { $0.0 < $1.0 }
    let guess = nearest.flatMap { $0.0 > 0 && $0.1 != stranger ? $0.1 : nil }
    return say(
      "没有导入 \(stranger)：文件名不认识" + (guess.map { "，是不是 \($0)?" } ?? "。"),
      "\(stranger) was not imported: unknown name" + (guess.map { "; did you mean \($0)?" } ?? "."))
  }
}
