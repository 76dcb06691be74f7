import Testing

@testable import GuobanClient

@Test(arguments: [
  ("ledger.example", "ledger.example", true), ("Ledger.Example.", "ledger.example", true),
  ("ledger.example", "LEDGER.example.", true), ("a.ledger.example", "*.ledger.example", true),
  ("localhost", "localhost", true),
  ("a.b.ledger.example", "*.ledger.example", false), ("ledger.example", "*.ledger.example", false),
  ("ledger.example", "*.example", false), ("example", "*", false), ("a.ledger.example", "a*.ledger.example", false),
  ("ledger.example", "other.example", false), ("ledger.example", "ledger.example.com", false),
  ("ledger.example", "", false), ("", "", false), (".", ".", false), ("a..example", "a..example", false),
  ("*.ledger.example", "a.ledger.example", false),
])
func aCertificateNameStandsForOneHost(host: String, name: String, matches: Bool) {
  #expect(ServerName(host).isAmong(["unrelated.example", name]) == matches)
}
