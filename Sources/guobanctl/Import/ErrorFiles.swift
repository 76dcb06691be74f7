internal import Foundation
internal import GuobanImport

/// Where copies with reasons go.
struct ErrorFiles {
  /// What `--errors` says; nil when nothing was asked for.
  let path: String?
  /// Of several inputs each has its copy in a folder.
  let isFolder: Bool

  init(_ path: String?, items: [ImportList.Item]) throws(Failure) {
    self.path = path
    guard let path else {
      isFolder = false
      return
    }
    var isThere: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isThere)
    isFolder = items.count > 1 || exists && isThere.boolValue
    if isFolder, exists, !isThere.boolValue {
      throw .input(say("要导入几个文件时，--errors 应是一个文件夹。", "For several files, --errors must be a folder."))
    }
    if !isFolder {
      if exists {
        throw .input(
          say("文件 \(path) 已经存在，没有覆盖它：请换一个名字。", "\(path) exists and was left as it is: give another name."))
      }
      if let item = items.first, FileFormat(fileName: path) != item.source.format {
        throw .input(
          say("--errors 的文件要和原文件同一种格式(.\(item.source.format.rawValue))。", "--errors must have the input's format."))
      }
    }
  }

  /// Writes a file's copy; its path, or nil when none was asked for or can be made.
  func write(_ copy: ErrorCopy, of source: ImportSource) throws -> String? {
    guard let path, copy.isPossible else { return nil }
    if isFolder { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    let target = isFolder ? Self.free(path + "/" + Self.name(for: source)) : path
    var output = try BufferedFile(target)
    do {
      try copy.write(to: target) { bytes in try output.write(bytes) }
      try output.close()
    } catch {
      try? FileManager.default.removeItem(atPath: target)
      throw error
    }
    return target
  }

  /// `企业.xlsx` → `企业-错误.xlsx`.
  static func name(for source: ImportSource) -> String {
    let dot = source.name.lastIndex(of: ".") ?? source.name.endIndex
    var stem = source.name[..<dot]
    if let mark = stem.ranges(of: ImportTable.errorsSuffix).last { stem = stem[..<mark.lowerBound] }
    return stem + ImportTable.errorsSuffix + source.name[dot...]
  }

  /// The path to suggest, beside the file.
  static func suggestion(for source: ImportSource) -> String {
    let folder = URL(fileURLWithPath: source.path).deletingLastPathComponent().relativePath
    return free((folder == "." ? "" : folder + "/") + name(for: source))
  }

  /// The path, or with a number when it is taken.
  private static func free(_ path: String) -> String {
    let dot = path.lastIndex(of: ".") ?? path.endIndex
    return ([""] + (2...99).map(String.init)).lazy.map { path[..<dot] + $0 + path[dot...] }
      .first { !FileManager.default.fileExists(atPath: $0) } ?? path
  }
}
