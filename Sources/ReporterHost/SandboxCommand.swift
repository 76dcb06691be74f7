/// The command line and environment of one `guoban-sandbox`.
struct SandboxCommand: Sendable {
  var program: String
  var arguments: [String]
  var environment: [String]

  /// The descriptor on which the sandbox tells which protections hold.
  static let statusDescriptor: Int32 = 3

  init(_ manifest: ReporterManifest, folder: String, configuration: ReporterHostConfiguration, parent: Int32) {
    program = configuration.sandboxProgram
    let memory = min(manifest.limits.memoryMiB.map { $0 << 20 } ?? .max, configuration.addressSpaceBytesMax)
    let seconds = min(manifest.limits.cpuSeconds ?? .max, configuration.cpuSecondsMax)
    arguments = [
      "--address-space-bytes", "\(memory)", "--cpu-seconds", "\(seconds)",
      "--open-files", "\(configuration.openFilesMax)", "--status-fd", "\(Self.statusDescriptor)",
      "--parent-pid", "\(parent)",
    ]
    if configuration.requiresAllProtections { arguments.append("--require-all") }
    for path in configuration.readPaths + configuration.libraryFolders + [folder] {
      arguments += ["--read-path", path]
    }
    switch manifest.program {
    case .module(let file): arguments += ["--module", "\(folder)/\(file)"]
    case .executable(let file): arguments += ["--executable", "\(folder)/\(file)"]
    }
    // The loader reads this when it starts; the sandbox clears its environment afterwards.
    environment =
      configuration.libraryFolders.isEmpty
      ? [] : ["LD_LIBRARY_PATH=\(configuration.libraryFolders.joined(separator: ":"))"]
  }
}
