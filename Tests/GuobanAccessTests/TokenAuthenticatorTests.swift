import GuobanAccess
import GuobanModel
import Testing

private let token = AccessToken(randomBytes: [UInt8](repeating: 0xab, count: 32))
private let authenticator = TokenAuthenticator(token: token, userID: 998, roles: [.clerk])

private func unix(_ userID: UInt32) -> Peer { .unix(.init(userID: userID, groupID: 1, processID: 2)) }
private let tcp = Peer.tcp(address: "127.0.0.1", port: 5)

@Test func theDaemonsOwnUserAndRootNeedNoTokenOnAUnixSocket() {
  #expect(authenticator.authenticate(token: "", peer: unix(998))?.name == "uid:998")
  #expect(authenticator.authenticate(token: "", peer: unix(0))?.name == "uid:0")
  #expect(authenticator.authenticate(token: "", peer: unix(1000)) == nil)
}

@Test func everybodyElseNeedsTheToken() {
  #expect(authenticator.authenticate(token: token.text, peer: unix(1000))?.roles == [.clerk])
  #expect(authenticator.authenticate(token: token.text, peer: tcp) != nil)
  #expect(authenticator.authenticate(token: "", peer: tcp) == nil)
}

@Test func aWrongTokenIsRefusedFromAnybody() {
  var almost = token.text
  almost.removeLast()
  for wrong in [almost, token.text + "0", token.text.uppercased(), "x"] {
    #expect(authenticator.authenticate(token: wrong, peer: tcp) == nil)
    #expect(authenticator.authenticate(token: wrong, peer: unix(998)) == nil)
  }
}

@Test func aTokenIsReadBackFromItsFileAndNeverDescribed() throws {
  let read = try #require(AccessToken(text: "  \(token.text)\n"))
  #expect(read.matches(token.text))
  #expect(AccessToken(text: "short") == nil)
  #expect(!"\(token)".contains("abab"))
}

@Test func permissionsOfRolesAddUp() {
  let both = Principal(name: "x", roles: [.checkpoint, .auditor])
  #expect(both.may(.verifyPass) && both.may(.readChangeLog) && !both.may(.writeRecords))
  #expect(!Principal(name: "nobody", roles: []).may(.readRecords))
}
