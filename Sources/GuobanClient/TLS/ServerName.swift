/// Whether a certificate's DNS names stand for the host that was asked for (RFC 9525): the same name, or a wildcard in place
/// of its first label. Pure.
struct ServerName {
  private let labels: [Substring]

  /// A host name; not an address.
  init(_ name: String) {
    labels = Self.labels(name)
  }

  /// Whether one of them does.
  func isAmong(_ certificateNames: [String]) -> Bool {
    certificateNames.contains { matches(Self.labels($0)) }
  }

  private func matches(_ pattern: [Substring]) -> Bool {
    guard pattern.count == labels.count, !labels.contains("") else { return false }
    guard pattern[0] == "*" else { return pattern == labels }
    // A wildcard for a whole top-level domain stands for nobody.
    return pattern.count > 2 && pattern.dropFirst() == labels.dropFirst()
  }

  private static func labels(_ name: String) -> [Substring] {
    let name = name.hasSuffix(".") ? name.dropLast() : name[...]
    return name.lowercased()[...].split(separator: ".", omittingEmptySubsequences: false)
  }
}
