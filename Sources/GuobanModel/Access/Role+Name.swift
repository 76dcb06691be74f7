extension Role {
  /// For people.
  public var chineseName: String {
    switch self {
    case .viewer: "查看员"
    case .clerk: "台账员"
    case .passOfficer: "办证员"
    case .checkpoint: "卡口"
    case .auditor: "审计员"
    case .operator: "运维员"
    case .admin: "管理员"
    }
  }
}
