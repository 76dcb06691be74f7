/// How many items at the end of a sequence of periods are so: 连续两期第一 is 2.
public func streakLength<Items: BidirectionalCollection>(
  _ items: Items, where isSo: (Items.Element) -> Bool
) -> Int {
  items.reversed().prefix(while: isSo).count
}
