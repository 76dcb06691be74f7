internal import Glibc

/// Runs one reporter once, in a process of its own, and judges what became of it. Blocks the calling thread.
public struct ReporterRunner: Sendable {
  private let configuration: ReporterHostConfiguration

  /// Runs within the limits of `configuration`.
  public init(_ configuration: ReporterHostConfiguration) {
    self.configuration = configuration
  }

  /// Runs `package` on the data of `source`.
  ///
  /// - Parameters:
  ///   - approvedDigest: what was approved; other files are refused before anything is started.
  ///   - today: the day in Asia/Shanghai, "2023-11-21".
  ///   - origin: the call that asked, told to the reporter for its log.
  ///   - isCancelled: asked at least ten times a second.
  /// - Throws: ``ParameterProblems`` for the clerk, ``ReporterError`` when the files have changed, and what storage
  ///   throws. All that the reporter itself does wrong is in the outcome.
  public func run(
    _ package: ReporterPackage, approvedDigest: String, parameters: [String: String], today: String,
    source: any ReporterDataSource, origin: RunOrigin = RunOrigin(), isCancelled: @escaping @Sendable () -> Bool
  ) throws -> RunOutcome {
    guard package.digest == approvedDigest else {
      throw ReporterError(
        .changed, "报表 \(package.manifest.id) 的文件与批准时不同，未运行；核对后重新批准",
        "the files of reporter \(package.manifest.id) are not those that were approved, and it was not run; look at them, then approve it again"
      )
    }
    let filled = try package.manifest.parameters(filling: parameters)
    let start = ContinuousClock.now
    var outcome = RunOutcome(
      verdict: .broken(Breakage(.sandboxFailed, "没有开始", "it did not begin")), parameters: filled,
      digest: package.digest, elapsed: .zero,
      peakMemoryKiB: 0, missingProtections: [], log: "")
    do {
      let folder = try RunFolder(package, in: configuration.runsFolder)
      defer { folder.remove() }
      let wall = package.manifest.limits.wallSeconds.map { Duration.seconds($0) } ?? configuration.wallTimeout
      let command = SandboxCommand(
        package.manifest, folder: folder.path, configuration: configuration, parent: getpid())
      let process = try SandboxedProcess(
        command, configuration: configuration, deadline: start + min(wall, configuration.wallTimeout),
        isCancelled: isCancelled)
      try converse(package.manifest, process, source, today: today, origin, &outcome)
    } catch let breakage as Breakage {
      outcome.verdict = .broken(breakage)
    }
    outcome.elapsed = ContinuousClock.now - start
    return outcome
  }

  private func converse(
    _ manifest: ReporterManifest, _ process: SandboxedProcess, _ source: any ReporterDataSource, today: String,
    _ origin: RunOrigin, _ outcome: inout RunOutcome
  ) throws {
    let conversation = HostConversation(
      manifest: manifest, parameters: outcome.parameters, today: today, origin: origin, configuration: configuration)
    var answer: Result<RunOutcome.Verdict, any Error>
    do {
      answer = .success(try conversation.hold(with: process, source: source))
    } catch {
      answer = .failure(error)
    }
    let hasAnswered = if case .success = answer { true } else { false }
    let hasEnded = (answer.breakage?.code ?? .timedOut) == .exited
    let end = process.end(grace: hasAnswered || hasEnded ? configuration.endTimeout : .zero)

    outcome.peakMemoryKiB = process.peakMemoryKiB
    outcome.missingProtections = process.status.missingProtections
    outcome.log = String(decoding: process.logBytes, as: UTF8.self)
    let judge = RunJudge(
      end: end, status: process.status, isModule: manifest.isModule, peakMemoryKiB: process.peakMemoryKiB,
      memoryBytesMax: min(manifest.limits.memoryMiB.map { $0 << 20 } ?? .max, configuration.addressSpaceBytesMax),
      log: outcome.log)
    switch answer {
    case .success(let verdict): outcome.verdict = verdict
    case .failure(let breakage as Breakage): outcome.verdict = .broken(judge.judge(breakage))
    case .failure(let error): throw error
    }
  }
}

extension Result {
  fileprivate var breakage: Breakage? {
    if case .failure(let error) = self { error as? Breakage } else { nil }
  }
}

extension ReporterManifest {
  var isModule: Bool {
    if case .module = program { true } else { false }
  }
}
