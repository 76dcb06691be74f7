internal import Crypto
internal import GuobanModel

/// One reporter's folder, read once: what is checked, approved and run are the very same bytes.
public struct ReporterPackage: Sendable {
  public let manifest: ReporterManifest
  /// Hex SHA-256 over the names and contents of all files, sorted by name.
  public let digest: String
  let files: [PackageFile]

  /// Reads a folder: regular files only, in sub-folders too; no links.
  init(folder: String, configuration: ReporterHostConfiguration) throws(ReporterError) {
    files = try PackageFile.all(in: folder, configuration: configuration)
    guard let yaml = files.first(where: { $0.name == ReporterManifest.fileName }) else {
      throw ReporterError(
        .manifest, "\(folder)：没有 \(ReporterManifest.fileName)", "\(folder): there is no \(ReporterManifest.fileName)")
    }
    manifest = try Self.manifest(yaml.bytes, folder: folder, bytesMax: configuration.manifestBytesMax)
    let program = manifest.program.file
    guard files.contains(where: { $0.name == program }) else {
      throw ReporterError(
        .manifest, "\(folder)/\(ReporterManifest.fileName)：文件夹里没有 \(program)",
        "\(folder)/\(ReporterManifest.fileName): the folder has no \(program)")
    }
    digest = Self.digest(of: files)
  }

  static func manifest(_ bytes: [UInt8], folder: String, bytesMax: Int) throws(ReporterError) -> ReporterManifest {
    let file = "\(folder)/\(ReporterManifest.fileName)"
    guard bytes.count <= bytesMax else {
      throw ReporterError(.tooLarge, "\(file)：超过 \(bytesMax) 字节", "\(file): more than \(bytesMax) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ReporterError(.manifest, "\(file)：必须是 UTF-8 文本", "\(file): must be UTF-8 text")
    }
    return try ReporterManifest(yaml: text, file: file)
  }

  /// Lengths go in too, so that no two folders give the same stream of bytes.
  private static func digest(of files: [PackageFile]) -> String {
    var hash = SHA256()
    for file in files {
      let name = Array(file.name.utf8)
      hash.update(data: BigEndian.bytes(UInt64(name.count)) + name + BigEndian.bytes(UInt64(file.bytes.count)))
      hash.update(data: file.bytes)
    }
    return hexadecimal(hash.finalize())
  }
}
