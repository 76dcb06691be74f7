/// Encrypts the data keys of records: what a store keeps of them is wrapped, and worthless without this.
///
/// A record with personal data has a data key of its own, which its personal data are sealed with. It is kept beside the
/// record and never in its bytes: neither records nor the change log hold it, so destroying it takes the personal data out
/// of both, of old versions too, while every byte that was hashed stays.
public protocol DataKeyWrap: Sendable {
  /// The key as the store may keep it, bound to its record.
  func wrap(_ dataKey: [UInt8], type: String, key: String) throws -> [UInt8]

  /// The key again. Throws when it was wrapped with a key that is not here, for another record, or was altered.
  func unwrap(_ wrapped: [UInt8], type: String, key: String) throws -> [UInt8]
}

/// What becomes of a record's data key when the record is written.
public enum DataKeyChange: Sendable, Equatable {
  /// It stays; one that a delete left behind comes back with the record.
  case keep
  /// Another takes its place; what the old one sealed can be opened by nobody any more.
  case replace([UInt8])
  /// There is none any more.
  case destroy
  /// This wrapped one, for a ledger that is being loaded.
  case load([UInt8])
}

/// The name of a record.
public struct RecordName: Sendable, Hashable {
  public var type: String
  public var key: String

  /// Names a record.
  public init(type: String, key: String) {
    self.type = type
    self.key = key
  }
}
