internal import Foundation

/// Files that ship with this program: in the build's folder beside it, or where `make install` puts them.
enum Sample {
  private static let fileBytesMax = 1 << 20

  /// Every file of the sample ledger with its contents.
  static func files() throws(Failure) -> [(name: String, bytes: [UInt8])] {
    try files(in: "Sample", installed: "sample")
  }

  /// Every register that ships.
  static func registers() throws(Failure) -> [(name: String, bytes: [UInt8])] {
    try files(in: "Registers", installed: "registers")
  }

  private static func files(
    in folderName: String, installed: String
  ) throws(Failure) -> [(name: String, bytes: [UInt8])] {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    let places = ["guoban_guobanctl.resources/\(folderName)", "../share/guoban/\(installed)"].map {
      folder.appendingPathComponent($0).standardized.path
    }
    for place in places {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place), !names.isEmpty else { continue }
      do {
        return try names.sorted().map { ($0, try readFile(place + "/" + $0, bytesMax: fileBytesMax)) }
      } catch {
        throw .refused(
          say("随附文件读不了：\(error.localizedDescription)", "What ships cannot be read: \(error.localizedDescription)"))
      }
    }
    throw .refused(
      say(
        "找不到随附的文件，它们应在 \(places.joined(separator: " 或 "))；请重新安装（make install）。",
        "What ships is not in \(places.joined(separator: " or ")); install again (make install)."))
  }
}
