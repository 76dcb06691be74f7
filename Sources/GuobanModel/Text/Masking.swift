/// A person's name as lists, reports and logs may show it: the first character only. `张三丰` → `张**`.
///
/// PIPL 28 and 51. Long names get `maskMax` stars, so that the length gives nothing away either.
public func maskedName(_ name: String) -> String {
  guard let first = name.first else { return "" }
  return String(first) + String(repeating: "*", count: min(max(name.count - 1, 1), maskMax))
}

/// A telephone number as lists, reports and logs may show it: `13812341234` → `138****1234`.
///
/// Shorter than a mobile number, only the last two characters stay; shorter than seven, nothing does.
public func maskedPhone(_ phone: String) -> String {
  let count = phone.count
  if count >= 11 { return phone.prefix(3) + "****" + phone.suffix(4) }
  if count >= 7 { return "****" + phone.suffix(2) }
  return String(repeating: "*", count: count)
}

private let maskMax = 8

/// An identity number as lists, reports and logs may show it: the first and the last character only.
public func maskedIdentityNumber(_ number: String) -> String {
  let count = number.count
  guard count > 2 else { return String(repeating: "*", count: count) }
  return number.prefix(1) + String(repeating: "*", count: count - 2) + number.suffix(1)
}
