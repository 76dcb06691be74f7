internal import Foundation

/// Reads a whole file of at most `bytesMax` bytes; one byte more is returned of a longer one, for the caller to refuse.
func readFile(_ path: String, bytesMax: Int) throws -> [UInt8] {
  let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  defer { try? file.close() }
  return Array(try file.read(upToCount: bytesMax + 1) ?? Data())
}

/// Writes a file that must not be there yet.
func writeNewFile(_ path: String, _ bytes: [UInt8]) throws(Failure) {
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
  } catch CocoaError.fileWriteFileExists {
    throw .input(say("文件 \(path) 已经存在，没有覆盖它。", "\(path) exists and was left as it is."))
  } catch {
    throw .input(
      say("文件 \(path) 写不了：\(error.localizedDescription)", "\(path) cannot be written: \(error.localizedDescription)"))
  }
}
