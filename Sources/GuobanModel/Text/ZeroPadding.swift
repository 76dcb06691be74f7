/// A number of at least `width` digits: `zeroPadded(7, 2)` is "07".
public func zeroPadded(_ number: some BinaryInteger, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
