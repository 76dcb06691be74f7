internal import Foundation

/// Files of this project that fuzzing starts from.
enum SeedFile {
  /// One of the sample files that `guobanctl` ships; nil when there is none of that name.
  static func sample(_ name: String) -> [UInt8]? {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardized
    return (try? Data(contentsOf: root.appendingPathComponent("Sources/guobanctl/Sample/\(name)"))).map(Array.init)
  }
}
