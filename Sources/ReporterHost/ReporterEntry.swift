public import GuobanMessages

/// A reporter in the plugin folder, usable or not.
public struct ReporterEntry: Sendable {
  /// Its id, or its folder's name when that cannot be read.
  public let id: String
  public let folder: String
  /// The reporter, or why it cannot be used.
  public let content: Result<ReporterPackage, ReporterError>

  /// What is told to clients.
  ///
  /// - Parameters:
  ///   - approvedDigest: what an operator approved; nil when nobody did.
  ///   - quarantine: what became of its runs.
  ///   - missingProtections: of the last run, on this kernel.
  public func status(
    approvedDigest: String?, quarantine: Quarantine, missingProtections: [String]
  ) -> Ledger.ReporterStatus {
    switch content {
    case .failure(let error):
      Ledger.ReporterStatus(
        id: id, state: .broken, problem: error.message, missingProtections: missingProtections,
        localizedProblem: .init(locale: "en", message: error.englishMessage))
    case .success(let package):
      package.status(
        approvedDigest: approvedDigest, quarantine: quarantine, missingProtections: missingProtections)
    }
  }
}

extension ReporterPackage {
  /// What is told to clients, as ``ReporterEntry/status(approvedDigest:quarantine:missingProtections:)``.
  public func status(
    approvedDigest: String?, quarantine: Quarantine, missingProtections: [String]
  ) -> Ledger.ReporterStatus {
    let (state, problem) = permission(approvedDigest: approvedDigest, quarantine: quarantine)
    return Ledger.ReporterStatus(
      id: manifest.id, version: manifest.version, title: manifest.title, description: manifest.description,
      parameters: manifest.parameters.map(\.spec), state: state, digest: digest, problem: problem.chinese,
      missingProtections: missingProtections,
      localizedProblem: problem.english.isEmpty ? nil : .init(locale: "en", message: problem.english))
  }

  /// Whether this reporter may run, and why not: only the very files that were approved, and not in quarantine.
  public func permission(approvedDigest: String?, quarantine: Quarantine) -> (
    Ledger.ReporterState, problem: (chinese: String, english: String)
  ) {
    let id = manifest.id
    guard let approvedDigest else {
      return (
        .notApproved,
        (
          "尚未批准；核对文件后用 guobanctl report approve \(id) 批准",
          "not approved yet; look at its files, then approve it with guobanctl report approve \(id)"
        )
      )
    }
    guard approvedDigest == digest else {
      return (
        .changed,
        (
          "文件与批准时不同；核对后用 guobanctl report approve \(id) 重新批准",
          "its files are not those that were approved; look at them, then approve it again with guobanctl report approve \(id)"
        )
      )
    }
    if let reason = quarantine.reason(digest: digest) {
      return (
        .quarantined,
        (
          "连续 \(quarantine.brokenRunsMax) 次运行损坏，已隔离（\(reason.chinese)）；修好后重新批准即可解除",
          "in quarantine after \(quarantine.brokenRunsMax) broken runs in a row (\(reason.english)); mend it and approve it again to end that"
        )
      )
    }
    return (.approved, ("", ""))
  }
}
