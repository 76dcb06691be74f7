/// One thing that an operator can set: its name, its limits, what it means, and the field of the configuration it fills.
public struct Setting: Sendable {
  /// "rpc.frameBytesMax": the path in the file; the environment and `--set` use it too.
  public let key: String
  /// What it holds and in which range.
  public let kind: SettingKind
  /// What it is for, in Chinese.
  public let chinese: String
  /// What it is for, in English.
  public let english: String
  /// The text of the current value, as the file would have it.
  let read: @Sendable (DaemonConfiguration) -> String
  /// Takes a text that is valid for `kind`; false when it is not.
  let write: @Sendable (String, inout DaemonConfiguration) -> Bool

  /// Whether SIGHUP puts a new value into force; others wait for a restart.
  public private(set) var isLive = false

  /// The same setting, put into force by SIGHUP.
  var live: Setting {
    var live = self
    live.isLive = true
    return live
  }

  /// "GUOBAN_RPC_FRAME_BYTES_MAX".
  public var environmentName: String {
    var name = "GUOBAN_"
    for character in key {
      if character == "." {
        name += "_"
      } else if character.isUppercase {
        name += "_\(character)"
      } else {
        name += character.uppercased()
      }
    }
    return name
  }

  /// The setting of this name.
  public static func named(_ key: String) -> Setting? { byKey[key] }

  private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
