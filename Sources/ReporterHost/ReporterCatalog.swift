internal import Glibc

/// Finds reporters: every folder in the plugin folder that has a `reporter.yaml`.
public struct ReporterCatalog: Sendable {
  private let configuration: ReporterHostConfiguration

  static let foldersMax = 1_000

  /// Looks into `configuration.reportersFolder` at every call: dropping a folder in is all that installing takes.
  public init(_ configuration: ReporterHostConfiguration) {
    self.configuration = configuration
  }

  /// All reporters by id, those that cannot be used too.
  public func entries() throws(ReporterError) -> [ReporterEntry] {
    var entries: [ReporterEntry] = []
    for folder in try folders() {
      do {
        let package = try ReporterPackage(folder: folder, configuration: configuration)
        entries.append(ReporterEntry(id: package.manifest.id, folder: folder, content: .success(package)))
      } catch {
        let name = String(folder.dropFirst(configuration.reportersFolder.count + 1))
        let id = (try? manifest(of: folder))?.id ?? name
        entries.append(ReporterEntry(id: id, folder: folder, content: .failure(error)))
      }
    }
    return Self.refusingTwins(entries).sorted { $0.id < $1.id }
  }

  /// One reporter, read anew.
  public func package(_ id: String) throws(ReporterError) -> ReporterPackage {
    var found: [String] = []
    for folder in try folders() where (try? manifest(of: folder))?.id == id {
      found.append(folder)
    }
    guard let folder = found.first else {
      throw ReporterError(
        .notFound, "没有报表 \(id)，可用 guobanctl report list 查看",
        "there is no reporter \(id); guobanctl report list shows those there are")
    }
    guard found.count == 1 else { throw Self.twins(id, found) }
    return try ReporterPackage(folder: folder, configuration: configuration)
  }

  private func manifest(of folder: String) throws(ReporterError) -> ReporterManifest {
    let bytesMax = configuration.manifestBytesMax
    let bytes = try PackageFile.read("\(folder)/\(ReporterManifest.fileName)", bytesMax: bytesMax)
    return try ReporterPackage.manifest(bytes, folder: folder, bytesMax: bytesMax)
  }

  private func folders() throws(ReporterError) -> [String] {
    let root = configuration.reportersFolder
    guard access(root, F_OK) == 0 else { return [] }
    let folders = try PackageFile.names(in: root).map { "\(root)/\($0)" }
      .filter { access("\($0)/\(ReporterManifest.fileName)", F_OK) == 0 }
    guard folders.count <= Self.foldersMax else {
      throw ReporterError(
        .tooLarge, "\(root)：超过 \(Self.foldersMax) 个报表文件夹", "\(root): more than \(Self.foldersMax) folders of reporters")
    }
    return folders
  }

  private static func refusingTwins(_ entries: [ReporterEntry]) -> [ReporterEntry] {
    Dictionary(grouping: entries, by: \.id).values.flatMap { same in
      guard same.count > 1 else { return same }
      let error = twins(same[0].id, same.map(\.folder))
      return same.map { ReporterEntry(id: $0.id, folder: $0.folder, content: .failure(error)) }
    }
  }

  private static func twins(_ id: String, _ folders: [String]) -> ReporterError {
    let names = folders.sorted().joined(separator: ", ")
    return ReporterError(
      .manifest, "报表 \(id) 有 \(folders.count) 个文件夹：\(names)，只能留一个",
      "reporter \(id) has \(folders.count) folders: \(names); keep one")
  }
}
