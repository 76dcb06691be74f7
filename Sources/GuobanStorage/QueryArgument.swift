/// A part of a query that was refused: the field of the request, and what stands in it.
public struct QueryArgument: Sendable, Equatable {
  /// As requests call it: "filter", "group_by".
  public var field: String
  public var value: String

  /// Names a part of a query.
  public init(_ field: String, _ value: String) {
    self.field = field
    self.value = value
  }
}

extension StorageError {
  /// The same about a part of the query, unless it says already which one; as it is when no query is wrong.
  public func about(_ field: String, _ value: String) -> StorageError {
    guard code == .invalidQuery, argument == nil else { return self }
    var error = self
    error.argument = QueryArgument(field, value)
    return error
  }
}
