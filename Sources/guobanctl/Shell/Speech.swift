internal import Foundation
internal import GuobanDaemon

/// The language of this run: `--lang zh|en`, else the environment's.
let language: Language = {
  let arguments = CommandLine.arguments
  for (place, argument) in arguments.enumerated() {
    if argument.hasPrefix("--lang=") { return Language(rawValue: String(argument.dropFirst(7))) ?? .chinese }
    if argument == "--lang", place + 1 < arguments.count { return Language(rawValue: arguments[place + 1]) ?? .chinese }
  }
  return Language(environment: ProcessInfo.processInfo.environment)
}()

/// The text in the language of this run.
func say(_ chinese: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
  language.say(chinese(), english())
}
