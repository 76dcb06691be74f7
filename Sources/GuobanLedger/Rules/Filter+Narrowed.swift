public import GuobanStorage

extension Filter? {
  /// This and another one.
  public func narrowed(by other: Filter) -> Filter {
    map { .and([other, $0]) } ?? other
  }
}
