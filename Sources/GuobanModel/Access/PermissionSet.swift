/// Several permissions as one bit each, so that asking for one is a single comparison.
public struct PermissionSet: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// These and no others.
  public init(_ permissions: some Sequence<Permission>) {
    self.init(rawValue: permissions.reduce(0) { $0 | $1.bit })
  }

  /// Whether this one is among them.
  public func allows(_ permission: Permission) -> Bool { rawValue & permission.bit != 0 }

  /// One by one, in the order in which ``Permission`` lists them.
  public var permissions: [Permission] { Permission.allCases.filter(allows) }

  public static let connect = Self([Permission.connect])
  public static let readRecords = Self([Permission.readRecords])
  public static let writeRecords = Self([Permission.writeRecords])
  public static let issuePass = Self([Permission.issuePass])
  public static let verifyPass = Self([Permission.verifyPass])
  public static let runReport = Self([Permission.runReport])
  public static let approveReporter = Self([Permission.approveReporter])
  public static let takeSnapshot = Self([Permission.takeSnapshot])
  public static let readChangeLog = Self([Permission.readChangeLog])
  public static let observe = Self([Permission.observe])
  public static let manageAccess = Self([Permission.manageAccess])
  public static let handleTickets = Self([Permission.handleTickets])
  public static let approveTickets = Self([Permission.approveTickets])
  /// What nobody has who is held to a region.
  public static let aboutEverything = Self(Permission.allCases.filter(\.isAboutEverything))
}

extension Permission {
  fileprivate var bit: UInt32 {
    switch self {
    case .connect: 1 << 0
    case .readRecords: 1 << 1
    case .writeRecords: 1 << 2
    case .issuePass: 1 << 3
    case .verifyPass: 1 << 4
    case .runReport: 1 << 5
    case .approveReporter: 1 << 6
    case .takeSnapshot: 1 << 7
    case .readChangeLog: 1 << 8
    case .observe: 1 << 9
    case .manageAccess: 1 << 10
    case .handleTickets: 1 << 12
    case .approveTickets: 1 << 13
    }
  }
}
