/// Proto's two ways to write a field's name.
enum DescriptorName {
  /// `total_investment_fen` → `totalInvestmentFen`, as protoc makes JSON names.
  static func lowerCamel(_ name: some StringProtocol) -> String {
    var out = ""
    var raise = false
    for character in name {
      if character == "_" {
        raise = true
      } else {
        out += raise ? character.uppercased() : String(character)
        raise = false
      }
    }
    return out
  }

  /// `totalInvestmentFen` → `total_investment_fen`; a name that is written so already stays.
  static func snake(_ name: some StringProtocol) -> String {
    var out = ""
    for character in name {
      if character.isASCII, character.isUppercase {
        out += "_" + character.lowercased()
      } else {
        out.append(character)
      }
    }
    return out
  }
}
