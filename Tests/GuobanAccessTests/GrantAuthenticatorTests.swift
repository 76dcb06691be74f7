import GuobanAccess
import GuobanModel
import Synchronization
import Testing

/// Who is let in, and as what: without a socket, a ledger or a clock.
struct GrantAuthenticatorTests {
  private let own = AccessToken(randomBytes: [UInt8](repeating: 1, count: 32))
  private let token = AccessToken(randomBytes: [UInt8](repeating: 2, count: 32))
  private let tcp = Peer.tcp(address: "10.0.0.1", port: 5)
  private let clock = Clock()
  private let directory = AccessDirectory()

  private final class Clock: Sendable {
    let second = Mutex<Int64>(1000)
    let refusals = Mutex<[AccessRefusal]>([])
  }

  private var authenticator: GrantAuthenticator {
    GrantAuthenticator(
      own: TokenAuthenticator(token: own, userID: 998, roles: [.admin]), directory: directory,
      nowSecond: { [clock] in clock.second.withLock { $0 } },
      onRefusal: { [clock] _, why in clock.refusals.withLock { $0.append(why) } })
  }

  private func grant(
    _ name: String, _ credential: AccessGrant.Credential, revision: UInt64 = 1, region: String = "",
    expireSecond: Int64? = nil, isRevoked: Bool = false
  ) -> AccessGrant {
    AccessGrant(
      version: GrantVersion(name: name, revision: revision), roles: [.clerk], region: region, credential: credential,
      expireSecond: expireSecond, isRevoked: isRevoked)
  }

  private var byToken: AccessGrant.Credential { .token(id: token.id ?? "", hash: token.hash) }

  private func put(_ grants: AccessGrant...) { directory.replace(grants: grants, subtrees: [:]) }

  private func unix(_ userID: UInt32) -> Peer { .unix(.init(userID: userID, groupID: 1, processID: 2)) }

  @Test func aTokenLetsInAsItsGrantSays() throws {
    put(grant("zhang", byToken, region: "410928"))
    let principal = try #require(authenticator.authenticate(token: token.text, peer: tcp))
    #expect(principal.name == "zhang" && principal.region == "410928" && principal.may(.writeRecords))
    #expect(!principal.may(.manageAccess))
    #expect(authenticator.authenticate(token: own.text, peer: tcp)?.roles == [.admin])
  }

  @Test func whoIsNotLetInIsToldNothingAndTheLogEverything() {
    put(
      grant("gone", byToken, isRevoked: true), grant("late", .unixUser(7), expireSecond: 1000),
      grant("cert", .certificate(name: "gate-3")))
    let stranger = AccessToken(randomBytes: [UInt8](repeating: 3, count: 32))
    let cases: [(String, Peer, AccessRefusal)] = [
      ("", tcp, .nothingShown), ("letmein", tcp, .notAToken), (String(token.text.dropLast()), tcp, .mistyped),
      (stranger.text, tcp, .unknown("the token \(stranger.id ?? "")")), (token.text, tcp, .revoked("gone")),
      ("", unix(7), .expired("late")), ("", unix(8), .unknown("the user 8")),
      ("", .tls(address: "a", port: 1, certificateNames: ["gate-4"]), .unknown("a certificate of gate-4")),
      ("", .tls(address: "a", port: 1, certificateNames: []), .nothingShown),
      // A name in a certificate counts only where TLS has verified it; a user only where the kernel says so.
      ("gate-3", tcp, .notAToken),
    ]
    for (offered, peer, why) in cases {
      #expect(authenticator.authenticate(token: offered, peer: peer) == nil)
      #expect(clock.refusals.withLock { $0.last } == why)
    }
    #expect(clock.refusals.withLock { $0.count } == cases.count)
  }

  @Test func anIDWithAnotherSecretIsNotEnough() throws {
    // The hash of another token under the id of this one.
    let other = AccessToken(randomBytes: [UInt8](repeating: 4, count: 32))
    put(grant("zhang", .token(id: token.id ?? "", hash: other.hash)))
    #expect(authenticator.authenticate(token: token.text, peer: tcp) == nil)
  }

  @Test func localUsersAndCertificatesComeInByTheirGrants() {
    put(grant("dash", .unixUser(1001)), grant("gate", .certificate(name: "gate-3.example")))
    #expect(authenticator.authenticate(token: "", peer: unix(1001))?.name == "dash")
    #expect(authenticator.authenticate(token: "", peer: unix(998))?.name == "uid:998")
    let tls = Peer.tls(address: "a", port: 1, certificateNames: ["x", "gate-3.example"])
    #expect(authenticator.authenticate(token: "", peer: tls)?.name == "gate")
    // Whoever sends a token means it.
    #expect(authenticator.authenticate(token: "wrong", peer: unix(1001)) == nil)
  }

  @Test func anEndingIsSeenAndItsReasonSaid() throws {
    put(grant("zhang", byToken, expireSecond: 1010))
    let principal = try #require(authenticator.authenticate(token: token.text, peer: tcp))
    let before = authenticator.epoch
    #expect(authenticator.ending(of: principal) == nil)

    clock.second.withLock { $0 = 1010 }
    #expect(authenticator.epoch != before && authenticator.ending(of: principal)?.english.contains("expired") == true)
    clock.second.withLock { $0 = 1009 }

    put(grant("zhang", byToken, revision: 2, expireSecond: 1010))
    #expect(authenticator.epoch != before && authenticator.ending(of: principal)?.english.contains("changed") == true)
    put(grant("zhang", byToken, revision: 3, isRevoked: true))
    #expect(authenticator.ending(of: principal)?.english.contains("revoked") == true)
    put()
    #expect(authenticator.ending(of: principal) != nil)
    // The daemon's own keys have no grant to end.
    let admin = try #require(authenticator.authenticate(token: own.text, peer: tcp))
    #expect(authenticator.ending(of: admin) == nil)
  }
}
