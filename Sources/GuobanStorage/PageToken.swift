internal import Crypto

/// Where the next page of a list starts, bound to the arguments of the call (AIP-158).
///
/// It is no secret and carries no authority: whoever forges one may start a page at another key, which a filter on `key`
/// does as well.
public enum PageToken {
  /// Characters of a token; longer ones are refused unread.
  public static let textBytesMax = 2048
  private static let version: UInt8 = 1
  private static let digestBytes = 16

  /// A token that continues the list of `type` under `filter` after `key`.
  public static func make(type: String, filter: String, after key: String) -> String {
    Base64URL.encode([version] + digest(type: type, filter: filter) + Array(key.utf8))
  }

  /// The key to continue after; nil for an empty token, which is the first page.
  public static func key(in token: String, type: String, filter: String) throws(StorageError) -> String? {
    if token.isEmpty { return nil }
    guard token.utf8.count <= textBytesMax, let bytes = Base64URL.decode(token), bytes.count > 1 + digestBytes,
      bytes[0] == version, let key = String(validating: bytes[(1 + digestBytes)...], as: UTF8.self)
    else {
      throw StorageError(
        .invalidQuery, "page_token 不是本服务给出的页标记，请从第一页重新取",
        "page_token is not one that this service gave; begin again with the first page"
      ).about("page_token", token)
    }
    guard Array(bytes[1...digestBytes]) == digest(type: type, filter: filter) else {
      throw StorageError(
        .invalidQuery, "page_token 属于另一种筛选条件或记录类型的查询，请从第一页重新取",
        "page_token is of a query with another filter or record type; begin again with the first page"
      ).about("page_token", token)
    }
    return key
  }

  private static func digest(type: String, filter: String) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array(type.utf8) + [0])
    hash.update(data: Array(filter.utf8))
    return Array(hash.finalize().prefix(digestBytes))
  }
}
