internal import GuobanModel

/// Kilograms from tonnes as typed, three decimals at most.
func kilograms(_ tonnes: String, option: String) throws(Failure) -> Int64 {
  do {
    return try ExactDecimal(tonnes).scaled(byPowerOfTen: 3, text: tonnes)
  } catch {
    throw .input("\(option): " + say(error.message, error.englishMessage))
  }
}

/// Kilograms in tonnes, as they stand on a pass: `26.170`.
func tonnesText(_ kilograms: Int64) -> String {
  "\(kilograms / 1000).\(String(String(kilograms % 1000 + 1000).dropFirst()))"
}
