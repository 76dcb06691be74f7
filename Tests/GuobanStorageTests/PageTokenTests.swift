import GuobanStorage
import Testing

@Test(arguments: ["a", "91410421MA9GAAAA51", "濮阳", String(repeating: "k", count: 512)])
func tokenGivesBackItsKey(key: String) throws {
  let token = PageToken.make(type: "Project", filter: "name = x", after: key)
  #expect(try PageToken.key(in: token, type: "Project", filter: "name = x") == key)
  let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  #expect(token.allSatisfy(alphabet.contains))
}

@Test func emptyTokenIsTheFirstPage() throws {
  #expect(try PageToken.key(in: "", type: "Project", filter: "") == nil)
}

@Test func tokenIsRefusedForOtherArguments() throws {
  let token = PageToken.make(type: "Project", filter: "name = x", after: "a")
  for (type, filter) in [("Project", ""), ("Project", "name = y"), ("Region", "name = x"), ("Projectname", " = x")] {
    let error = try #require(throws: StorageError.self) { try PageToken.key(in: token, type: type, filter: filter) }
    #expect(error.message.contains("另一种筛选条件"))
  }
}

@Test func anythingElseIsRefused() throws {
  let token = PageToken.make(type: "P", filter: "", after: "a")
  let bad = [
    "x", "?", token + "=", token + "A", String(token.dropLast()), "AAAA", String(repeating: "A", count: 2049),
    // Version 2; a key that is not UTF-8.
    "Ag" + token.dropFirst(2), String(token.dropLast(2)) + "_w",
  ]
  for text in bad {
    let error = try #require(throws: StorageError.self) { try PageToken.key(in: text, type: "P", filter: "") }
    #expect(error.code == .invalidQuery, "\(text)")
  }
}
