internal import Foundation

/// The sample ledger: in the build's folder beside this program, or where `make install` puts it.
enum Sample {
  private static let fileBytesMax = 1 << 20

  /// Every file of the sample with its contents.
  static func files() throws(Failure) -> [(name: String, bytes: [UInt8])] {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
    let places = ["guoban_guobanctl.resources/Sample", "../share/guoban/sample"].map {
      folder.appendingPathComponent($0).standardized.path
    }
    for place in places {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place), !names.isEmpty else { continue }
      do {
        return try names.sorted().map { ($0, try readFile(place + "/" + $0, bytesMax: fileBytesMax)) }
      } catch {
        throw .refused(
          say("样例文件读不了：\(error.localizedDescription)", "The sample cannot be read: \(error.localizedDescription)"))
      }
    }
    throw .refused(
      say(
        "找不到样例文件，它应在 \(places.joined(separator: " 或 "))；请重新安装（make install）。",
        "The sample is not in \(places.joined(separator: " or ")); install again (make install)."))
  }
}
