import Foundation
import GuobanDaemon
import GuobanServer
import GuobanTestSupport
import Testing

struct ConfigurationTests {
  @Test func nothingGivenMeansTheDefaults() throws {
    let loaded = try load()
    #expect(loaded.configuration == DaemonConfiguration(dataDir: "/nonexistent/.local/state/guoban"))
    #expect(loaded.sources.values.allSatisfy { $0 == .standard })
    #expect(loaded.sources.count == Setting.all.count)
  }

  @Test func theDataDirectoryFollowsTheUser() {
    let find = DaemonConfiguration.dataDirDefault
    #expect(find([:], true) == "/var/lib/guoban")
    #expect(find(["HOME": "/home/li"], false) == "/home/li/.local/state/guoban")
    #expect(find(["HOME": "/home/li", "XDG_STATE_HOME": "/state"], false) == "/state/guoban")
    #expect(find(["STATE_DIRECTORY": "/var/lib/guoban:/x"], false) == "/var/lib/guoban")
  }

  @Test func theServiceReadsTheSystemsFileAlthoughItIsNotRoot() {
    let find = DaemonConfiguration.fileDefault
    #expect(find([:], true) == "/etc/guoban/guoband.yaml")
    #expect(find(["STATE_DIRECTORY": "/var/lib/guoban", "HOME": "/x"], false) == "/etc/guoban/guoband.yaml")
    #expect(find(["HOME": "/home/li"], false) == "/home/li/.config/guoban/guoband.yaml")
  }

  @Test func flagsWinOverEnvironmentWinsOverFileWinsOverDefault() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("listen:\n  tcpPort: 1\n  tcpHost: a\nrpc:\n  pageSizeMax: 500\n", to: "c.yaml")
    let environment = ["GUOBAN_LISTEN_TCP_PORT": "2", "GUOBAN_LISTEN_TCP_HOST": "b"]
    let loaded = try load(flags: ["listen.tcpPort": "3"], environment: environment, file: file)
    #expect(loaded.configuration.listen.tcpPort == 3)
    #expect(loaded.configuration.listen.tcpHost == "b")
    #expect(loaded.configuration.rpc.pageSizeMax == 500)
    #expect(loaded.configuration.pageSizeDefault == 100)
    #expect(loaded.sources["listen.tcpPort"] == .flag)
    #expect(loaded.sources["listen.tcpHost"] == .environment("GUOBAN_LISTEN_TCP_HOST"))
    #expect(loaded.sources["rpc.pageSizeMax"] == .file(path: file, line: 5))
    #expect(loaded.sources["rpc.pageSizeDefault"] == .standard)
  }

  /// Every setting can be set from each source, to a value that is not its default.
  @Test func everySettingIsReadFromEverySource() throws {
    let folder = try TemporaryFolder()
    for setting in Setting.all {
      let text = other(than: setting)
      // TLS is nothing without its files.
      let others =
        setting.key == "listen.tlsEnabled" ? ["tls.certificateFile": "/c", "tls.keyFile": "/k"] : [String: String]()
      let standard = try load(flags: others).configuration
      let expected = try load(flags: others.merging([setting.key: text]) { $1 }).configuration
      #expect(expected != standard, "\(setting.key)=\(text) changes nothing")
      let environment = [setting.environmentName: text]
      #expect(try load(flags: others, environment: environment).configuration == expected, "\(setting.key)")
      let parts = setting.key.split(separator: ".")
      let yaml = parts.count == 1 ? "\(setting.key): \"\(text)\"\n" : "\(parts[0]):\n  \(parts[1]): \"\(text)\"\n"
      let file = try folder.write(yaml, to: "one.yaml")
      #expect(try load(flags: others, file: file).configuration == expected, "\(setting.key)")
    }
  }

  @Test func whatConfigPrintsReadsBackAsTheSame() throws {
    let folder = try TemporaryFolder()
    var flags: [String: String] = [:]
    for setting in Setting.all where setting.key != "listen.tcpEnabled" { flags[setting.key] = other(than: setting) }
    flags["listen.tcpHost"] = "a \"quoted\" \\ 中文 # host: x"
    for given in [[:], flags] {
      for language in Language.allCases {
        let loaded = try load(flags: given)
        let yaml = ConfigurationListing(loaded, language: language).yaml()
        let file = try folder.write(yaml, to: "printed.yaml")
        let read = try load(file: file)
        #expect(read.configuration == loaded.configuration)
        #expect(read.sources.values.allSatisfy { $0 != .standard }, "every setting is printed")
      }
    }
  }

  @Test func anUnknownKeyIsRefusedWithTheNearestName() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("listen:\n  tcpPort: 1\n  tcpHots: x\n", to: "c.yaml")
    let error = #expect(throws: ConfigurationError.self) { try load(file: file, language: .chinese) }
    #expect(error?.problems.count == 1)
    #expect(error?.problems.first?.code == .unknownKey)
    let message = error?.description ?? ""
    #expect(
      message.contains("listen.tcpHots") && message.contains("listen.tcpHost？") && message.contains("第 3 行"),
      "\(message)")
    let flag = #expect(throws: ConfigurationError.self) { try load(flags: ["zzzzzzzzzzzzzzzzzzzz": "1"]) }
    #expect(flag?.description.contains("guoband config") == true)
  }

  @Test func aMisspeltVariableIsPointedOut() throws {
    let loaded = try load(environment: [
      "GUOBAN_LISTEN_TCP_PROT": "1", "GUOBAN_LANG": "en", "GUOBAN_SOMETHING_ELSE_ENTIRELY": "1",
    ])
    #expect(loaded.warnings.count == 1)
    #expect(loaded.warnings.first?.contains("GUOBAN_LISTEN_TCP_PORT") == true)
  }

  /// Each limit, at it and one past it; the message has key, value, range and source.
  @Test func valuesAreTakenAtTheirLimitsAndRefusedPastThem() throws {
    for setting in Setting.all {
      guard let (inside, outside) = edges(setting.kind) else { continue }
      for text in inside {
        do { _ = try load(flags: [setting.key: text]) } catch {
          // Another setting may contradict an extreme one; the value itself must be fine.
          #expect(error.problems.allSatisfy { $0.code == .inconsistent }, "\(setting.key)=\(text): \(error)")
        }
      }
      for text in outside + ["", "x", "1x", "９", "-"] {
        let error = #expect(throws: ConfigurationError.self, "\(setting.key)=\(text)") {
          try load(flags: [setting.key: text])
        }
        let message = error?.problems.first { $0.code == .invalidValue }?.message ?? ""
        #expect(
          message.contains(setting.key) && message.contains("\"\(text)\"")
            && message.contains(setting.kind.allowed(.english)), "\(message)")
      }
    }
  }

  @Test func everyProblemIsToldAtOnce() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try load(flags: [
        "listen.tcpPort": "70000", "logs.format": "xml", "nonsense": "1", "snapshots.schedule": "99 * * * *",
      ])
    }
    #expect(error?.problems.map(\.code) == [.unknownKey, .invalidValue, .invalidValue, .inconsistent])
  }

  @Test func contradictionsAreRefused() throws {
    for flags in [
      ["rpc.pageSizeDefault": "2000"], ["rpc.timeoutDefault": "20m"], ["passes.validDaysDefault": "400"],
      ["listen.tcpEnabled": "false", "listen.socketPath": ""],
      ["listen.socketPath": String(repeating: "a", count: 108)],
      ["listen.tlsEnabled": "true"], ["listen.tlsEnabled": "true", "tls.certificateFile": "/c"],
      ["tls.certificateFile": "/c", "tls.clientCertificate": "request"],
      ["tls.certificateFile": "/c", "tls.clientCaFile": "/ca"],
      ["listen.tlsEnabled": "true", "tls.certificateFile": "/c", "tls.keyFile": "/k", "listen.tlsPort": "7613"],
      ["snapshots.timeZone": "Mars/Base"], ["snapshots.schedule": "0 0 31 2 *"], ["dataDir": ""],
    ] {
      let error = #expect(throws: ConfigurationError.self, "\(flags)") { try load(flags: flags) }
      #expect(error?.problems.first?.code == .inconsistent, "\(flags)")
    }
  }

  @Test func filesThatAreNoConfigurationAreRefused() throws {
    let folder = try TemporaryFolder()
    for (text, code) in [
      ("- a\n", ConfigurationError.Code.invalidFile), ("a: [b\n", .invalidFile),
      ("listen: {tcpPort: {x: {y: {z: 1}}}}\n", .invalidFile),
      ("listen:\n  tcpPort: 1\n  tcpPort: 2\n", .invalidFile), ("rpc:\n  ? [a]\n  : b\n", .invalidFile),
      ("just text\n", .invalidFile),
    ] {
      let file = try folder.write(text, to: "bad.yaml")
      let error = #expect(throws: ConfigurationError.self, "\(text)") { try load(file: file) }
      #expect(error?.problems.first?.code == code, "\(text): \(error.map { "\($0)" } ?? "")")
    }
    let missing = #expect(throws: ConfigurationError.self) { try load(file: folder.path + "/none.yaml") }
    #expect(missing?.problems.first?.code == .unreadableFile)
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    for path in ["/pipe", ""] {
      let strange = #expect(throws: ConfigurationError.self) { try load(file: folder.path + path) }
      #expect(strange?.problems.first?.message.contains("not a regular file") == true)
    }
    let large = try folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "large.yaml")
    #expect(throws: ConfigurationError.self) { try load(file: large) }
    let largest = try folder.write(String(repeating: "#", count: 1 << 20), to: "largest.yaml")
    _ = try load(file: largest)
    let empty = try folder.write("# nothing\nlisten:\n", to: "empty.yaml")
    #expect(try load(file: empty).configuration == load().configuration)
  }

  @Test func theTableNamesEverySettingAndLinesUp() throws {
    let lines = ConfigurationListing(try load(), language: .chinese).table().split(separator: "\n")
    #expect(lines.count == Setting.all.count + 1)
    for (line, setting) in zip(lines.dropFirst(), Setting.all) { #expect(line.hasPrefix(setting.key + " ")) }
    // The second column begins at the same place in every line.
    let width = (Setting.all.map(\.key.count).max() ?? 0) + 2
    for line in lines.dropFirst() {
      let start = line.index(line.startIndex, offsetBy: width)
      #expect(line[line.index(before: start)] == " " && line[start] != " ", "\(line)")
    }
  }

  @Test func everySettingHasADistinctNameAndBothTexts() {
    #expect(Set(Setting.all.map(\.key)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.environmentName)).count == Setting.all.count)
    for setting in Setting.all { #expect(!setting.chinese.isEmpty && !setting.english.isEmpty, "\(setting.key)") }
  }

  /// A valid value that is not the default.
  private func other(than setting: Setting) -> String {
    switch setting.key {
    case "snapshots.schedule", "audit.compactionSchedule": return "5 4 * * *"
    case "snapshots.timeZone": return "UTC"
    case "listen.tlsPort": return "1"
    case "rpc.pageSizeDefault", "passes.validDaysDefault": return "3"
    case "rpc.timeoutDefault": return "7s"
    case "rpc.timeoutMax": return "11m"
    case "rpc.pageSizeMax", "passes.validDaysMax": return "777"
    default: break
    }
    switch setting.kind {
    case .text, .path: return "other"
    case .flag:
      return ["reporters.requiresAllProtections", "listen.tlsEnabled", "metrics.enabled", "keys.acceptLoss"].contains(
        setting.key)
        ? "true" : "false"
    case .integer(let range): return "\(range.upperBound)"
    case .bytes(let range): return "\(range.upperBound)"
    case .duration(let range): return "\(range.upperBound.components.seconds)s"
    case .choice(let choices): return choices.last ?? ""
    case .list: return "/a,/b"
    }
  }

  private func edges(_ kind: SettingKind) -> (inside: [String], outside: [String])? {
    switch kind {
    case .integer(let range), .bytes(let range):
      (
        ["\(range.lowerBound)", "\(range.upperBound)"],
        ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "99999999999999999999"]
      )
    case .duration(let range):
      (
        ["\(milliseconds(range.lowerBound))ms", "\(milliseconds(range.upperBound))ms"],
        [
          "\(milliseconds(range.lowerBound) - 1)ms", "\(milliseconds(range.upperBound) + 1)ms", "5",
          "9223372036854775807d",
        ]
      )
    case .choice(let choices): (choices, ["\(choices[0]) "])
    case .flag: (["true", "false"], ["yes"])
    case .text, .path, .list: nil
    }
  }

  private func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  }
}
