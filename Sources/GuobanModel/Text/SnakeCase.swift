/// A type's name as fields and tables write it: "ProjectPlan" → "project_plan".
public func snakeCase(_ name: String) -> String {
  var text = ""
  for character in name {
    if character.isUppercase, !text.isEmpty { text += "_" }
    text += character.lowercased()
  }
  return text
}
