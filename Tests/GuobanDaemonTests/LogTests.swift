import Foundation
import Logging
import Synchronization
import Testing

@testable import GuobanDaemon

struct LogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func logger(_ format: String, level: String = "info") -> (Logger, Lines) {
    let lines = Lines()
    var logs = DaemonConfiguration.Logs()
    logs.format = format
    let handler = LineLogHandler(label: "test", configuration: logs, threshold: LogThreshold(level)) { line in
      lines.all.withLock { $0.append(line) }
    }
    return (Logger(label: "test") { _ in handler }, lines)
  }

  @Test func everyJSONLineIsOneValidObject() throws {
    let (logger, lines) = logger("json")
    let nasty = "a\"b\\c\nd\te\u{0}\u{1b}[31m\u{7f}\u{85}\u{2028}中文🙂"
    logger.info("\(nasty)", metadata: ["key \"x\"": "\(nasty)", "n": "1"])
    logger.error("plain")
    let all = lines.all.withLock { $0 }
    #expect(all.count == 2)
    for line in all { #expect(line.filter(\.isNewline).count == 1 && line.hasSuffix("\n")) }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(all[0].utf8)) as? [String: Any])
    #expect(object["message"] as? String == nasty)
    #expect(object["level"] as? String == "info")
    #expect((object["metadata"] as? [String: String])?["key \"x\""] == nasty)
    #expect((object["time"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test func aTextLineStaysOneLineWhateverIsInIt() {
    let (logger, lines) = logger("text")
    logger.warning("two\nlines \u{1b}[2J", metadata: ["b": "with space", "a": "x\ny", "e": ""])
    let line = lines.all.withLock { $0.first } ?? ""
    #expect(line.hasSuffix("WARNING test: two�lines �[2J a=x�y b=\"with space\" e=\"\"\n"), "\(line)")
  }

  @Test func directionMarksDoNotTurnALineRound() {
    let (logger, lines) = logger("text")
    logger.warning("a\u{202e}b", metadata: ["x": "\u{2066}y\u{200b}"])
    #expect(lines.all.withLock { $0.first }?.hasSuffix("WARNING test: a�b x=�y�\n") == true)
  }

  @Test func peersCauseSoManyLinesAMinute() {
    let (logger, lines) = logger("text")
    var logs = DaemonConfiguration.Logs()
    logs.peerLinesPerMinuteMax = 3
    let now = Mutex<Int64>(60)
    let log = PeerLog(logs, logger: logger, epochSeconds: { now.withLock { $0 } })
    for number in 0..<1000 { log.write(.info, "closed", ["n": "\(number)"]) }
    // Below the level: no line, and none of the minute's.
    log.write(.debug, "unseen", [:])
    #expect(lines.all.withLock { $0.count } == 3)
    now.withLock { $0 = 120 }
    log.write(.notice, "not let in", [:])
    #expect(lines.all.withLock { $0.last }?.contains("held_back=997") == true)
  }

  @Test func belowTheLevelNothingIsWritten() {
    let (logger, lines) = logger("text", level: "warning")
    logger.info("no")
    logger.warning("yes")
    #expect(lines.all.withLock { $0.count } == 1)
  }

  @Test func theLevelChangesForLoggersInUse() {
    let lines = Lines()
    let threshold = LogThreshold("warning")
    var logger = Logger(label: "test") { label in
      LineLogHandler(label: label, configuration: .init(), threshold: threshold) { line in
        lines.all.withLock { $0.append(line) }
      }
    }
    logger.info("no")
    threshold.set("debug")
    logger.debug("yes")
    // A copy with a level of its own keeps it.
    logger.logLevel = .error
    logger.warning("no")
    #expect(lines.all.withLock { $0.count } == 1)
  }

  @Test func aHugeMessageIsCut() {
    let (logger, lines) = logger("json")
    logger.info("\(String(repeating: "长", count: 100_000))")
    #expect(lines.all.withLock { $0.first?.utf8.count ?? 0 } < 2 * LogLine.textBytesMax)
  }
}
