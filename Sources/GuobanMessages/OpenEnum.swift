/// A proto3 enum. It is open: a number that this version does not know is kept, not refused.
public protocol OpenEnum: RawRepresentable<Int32>, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The full proto name: `guoban.v1.ProjectTier`.
  static var fullName: String { get }

  /// What the proto names of the values start with, and `name` leaves out: `PROJECT_TIER_`.
  static var namePrefix: String { get }

  init(rawValue: Int32)

  /// The short name of a value this version knows.
  var knownName: String? { get }
}

extension OpenEnum {
  /// The short name: `PROVINCIAL`; the number where this version knows no name.
  public var name: String { knownName ?? String(rawValue) }

  public var description: String { name }

  /// The value with this short or full proto name: `PROVINCIAL` or `PROJECT_TIER_PROVINCIAL`.
  public init?(name: String) {
    for value in Self.allCases {
      guard let known = value.knownName else { continue }
      if known == name || Self.namePrefix + known == name {
        self = value
        return
      }
    }
    return nil
  }
}
