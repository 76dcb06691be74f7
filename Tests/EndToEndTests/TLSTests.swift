import Foundation
import GuobanWire
import Testing

/// What the README tells a newcomer, done to the letter.
struct TLSTests {
  @Test func theReadmesCommandsGiveAnEncryptedConnection() async throws {
    let place = try Workplace()
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("README.md")
    let commands = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n")
      .filter { $0.hasPrefix("openssl ") }
    #expect(commands.count == 3)
    for command in commands { try await place.run("/bin/sh", ["-c", "cd \(place.path) && \(command)"]) }

    let daemon = try await Guoband(
      place,
      settings: [
        "listen.tcpEnabled=false", "listen.tlsEnabled=true", "listen.tlsHost=127.0.0.1", "listen.tlsPort=0",
        "tls.certificateFile=\(place.path)/server.pem", "tls.keyFile=\(place.path)/server.key",
      ])
    #expect(!daemon.text.contains("chmod"), "openssl leaves the key to its owner")
    let address = try #require(daemon.text.split { " \n\"=".contains($0) }.first { $0.hasPrefix("tls://") })
    let common = ["--address", "\(address)", "--token-file", daemon.dataDirectory + "/token", "--lang", "en"]
    let trusting = common + ["--ca-file", place.path + "/ca.pem", "--server-name", "ledger.example"]
    #expect(try await place.run("guobanctl", ["ping"] + trusting).contains("answers on tls://127.0.0.1:"))

    func refusal(_ arguments: [String]) async throws -> String {
      let script = #"out=$("$0" "$@" 2>&1); echo "$? $out""#
      let program = Workplace.products.appendingPathComponent("guobanctl").path
      return try await place.run("/bin/sh", ["-c", script, program] + arguments)
    }
    let stranger = try await refusal(["ping"] + common + ["--server-name", "ledger.example"])
    #expect(stranger.hasPrefix("69 ") && stranger.contains("--ca-file"), "\(stranger)")
    let misnamed = try await refusal(["ping"] + common + ["--ca-file", place.path + "/ca.pem"])
    #expect(misnamed.hasPrefix("69 ") && misnamed.contains("--server-name"), "\(misnamed)")
    let unpaired = try await refusal(["ping"] + trusting + ["--cert-file", place.path + "/ca.pem"])
    #expect(unpaired.hasPrefix("64 ") && unpaired.contains("--key-file"), "\(unpaired)")
    let plain = try await refusal(
      ["ping", "--address", "unix:\(daemon.dataDirectory)/guoban.sock", "--lang", "en"] + trusting.suffix(4))
    #expect(plain.hasPrefix("64 ") && plain.contains("not a TLS address"), "\(plain)")
    try await daemon.stop()
  }
}
