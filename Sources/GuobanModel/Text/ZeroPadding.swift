/// A number of at least `width` digits: `zeroPadded(7, 2)` is "07".
public func zeroPadded(_ number: some BinaryInteger, _ width: Int) -> String {
  let digits = String(number)
  let missing = width - digits.utf8.count
  return missing > 0 ? String(repeating: "0", count: missing) + digits : digits
}
