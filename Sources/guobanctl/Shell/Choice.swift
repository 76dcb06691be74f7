internal import GuobanMessages

/// One of a few values: by its Chinese word, or by the protocol's short name in any case, with - for _.
func choice<Value: OpenEnum>(
  _ text: String, _ words: KeyValuePairs<String, Value>, option: String
) throws(Failure) -> Value {
  let name = String(text.uppercased().map { $0 == "-" ? "_" : $0 })
  if let value = words.first(where: { $0.key == text })?.value ?? Value(name: name), value.rawValue != 0 {
    return value
  }
  let known = words.map { "\($0.key) (\(cliName($0.value)))" }.joined(separator: say("、", ", "))
  throw .input(say("\(option) 不认识“\(text)”，可选：\(known)", "\(option): unknown value \(text); use one of \(known)"))
}

/// `driver-stays-in-cab`
private func cliName(_ value: some OpenEnum) -> String {
  String(value.name.lowercased().map { $0 == "_" ? "-" : $0 })
}
