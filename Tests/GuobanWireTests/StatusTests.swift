import GuobanMessages
import GuobanWire
import Testing

@Test func codesHaveTheNumbersAndNamesOfGRPC() {
  let expected = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]
  #expect(Status.Code.allCases.map(\.name) == expected)
  #expect(Status.Code.allCases.map(\.number) == Array(0...16))
  #expect(Status.Code(number: 17) == .unknown)
  #expect(Status.Code.unauthenticated.number == 16)
}

@Test func aStatusComesBackFromItsReplyWithItsDetails() throws {
  let status = Status.invalidArgument(violations: [
    FieldViolation(field: "plate", value: "豫A12345O", reason: "PLATE_FORMAT", "车牌里没有字母 O", "no letter O in a plate"),
    FieldViolation(field: "tonnes", value: "-1", reason: "RANGE", "不能是负数", "must not be negative"),
  ]).reason("BAD_PASS", ["number": "410900000001"])
  let reply = try RPC.Reply(packed: status.reply(messageBytesMax: 1 << 20).packed(), limits: .standard)
  let back = try #require(Status(reply, limits: .standard))
  #expect(back == status)
  #expect(back.message == "plate \"豫A12345O\"：车牌里没有字母 O（另有 1 处）")
  #expect(back.englishMessage == "plate \"豫A12345O\": no letter O in a plate (and 1 more)")
  #expect(back.violations(limits: .standard).map(\.description).last == "\"-1\": 不能是负数")
  #expect(back.violations(limits: .standard).map(\.englishDescription).last == "\"-1\": must not be negative")
  #expect(back.violations(limits: .standard).map(\.field) == ["plate", "tonnes"])
  #expect(back.violations(limits: .standard).first?.reason == "PLATE_FORMAT")
  #expect(back.reason(limits: .standard) == "BAD_PASS")
}

@Test func anOKReplyIsNoStatus() {
  #expect(Status(RPC.Reply(message: [1]), limits: .standard) == nil)
}

@Test func aStatusAlwaysFitsItsFrame() {
  let status = Status(.notFound, english: String(repeating: "过", count: 100_000)).reason(
    "X", ["k": String(repeating: "v", count: 9000)])
  let reply = status.reply(messageBytesMax: 10_000)
  #expect(reply.statusMessage.utf8.count <= Status.messageBytesMax)
  #expect(reply.statusMessage.hasPrefix("过过") && !reply.statusMessage.contains("\u{FFFD}"))
  #expect(reply.details.isEmpty)
}

/// One character of a megabyte: whoever looks for its ends in each of its places is never done.
@Test func aCharacterWithoutEndIsCutAsWell() throws {
  let endless = "1" + String(repeating: "\u{301}", count: 500_000)
  let reply = Status(.notFound, endless, endless).reply(messageBytesMax: 1 << 20)
  #expect(reply.statusMessage.utf8.count <= Status.messageBytesMax && reply.statusMessage.utf8.count > 8000)
  let named = Status.invalidArgument(violations: [
    FieldViolation(field: "number", value: endless, reason: "R", "应为十二位", "twelve digits")
  ])
  #expect(named.englishMessage.hasSuffix("…\": twelve digits") && named.message.utf8.count < 200)
}

@Test func bothLanguagesComeBackFromAReply() throws {
  let status = Status(.notFound, "没有这条记录", "there is no such record").reason("NOT_FOUND")
  let reply = status.reply(messageBytesMax: 1 << 20)
  #expect(reply.statusMessage == "没有这条记录")
  #expect(try #require(Status(reply, limits: .standard)) == status)
}

@Test func whatIsInEnglishForAllIsSentOnce() throws {
  let status = Status(.invalidArgument, english: "a broken frame")
  let reply = status.reply(messageBytesMax: 1 << 20)
  #expect(reply.details.isEmpty)
  #expect(try #require(Status(reply, limits: .standard)).englishMessage == "a broken frame")
  let long = Status(.invalidArgument, english: String(repeating: "e", count: Status.messageBytesMax + 1))
  #expect(long.reply(messageBytesMax: 1 << 20).details.isEmpty)
}

@Test func aReplyWithoutEnglishIsShownAsItIs() throws {
  let violation = Google.BadRequest.FieldViolation(field: "plate", description: "不是车牌号", reason: "PLATE_FORMAT")
  var old = Status(.invalidArgument, english: "请求不合规则").adding(Google.BadRequest(fieldViolations: [violation]))
  let french = Google.LocalizedMessage(locale: "fr", message: "la requête")
  old = old.adding(french)
  let back = try #require(Status(old.reply(messageBytesMax: 1 << 20), limits: .standard))
  #expect(back.englishMessage == "请求不合规则")
  #expect(back.violations(limits: .standard).first?.englishDescription == "不是车牌号")
}

@Test func aReplyThatGrowsTooLongLosesItsEnglishFirst() throws {
  let violations = (0..<100).map { index in
    FieldViolation(
      field: "records[\(index)]", value: "", reason: "R", String(repeating: "字", count: 30),
      String(repeating: "e", count: 90))
  }
  let status = Status.invalidArgument(violations: violations).reason("BAD")
  let whole = status.reply(messageBytesMax: 1 << 20)
  let size = whole.details.reduce(0) { $0 + $1.count }
  let less = try #require(Status(status.reply(messageBytesMax: Status.messageBytesMax + size - 1), limits: .standard))
  #expect(less.violations(limits: .standard).map(\.description) == violations.map(\.description))
  #expect(less.violations(limits: .standard).allSatisfy { $0.localizedMessage == nil })
  #expect(less.englishMessage == status.englishMessage && less.reason(limits: .standard) == "BAD")
  let least = try #require(Status(status.reply(messageBytesMax: Status.messageBytesMax + 1000), limits: .standard))
  #expect(least.violations(limits: .standard).isEmpty)
  #expect(least.englishMessage == status.englishMessage)
}

@Test func anUnknownErrorTellsTheCallerNothingOfTheInside() {
  struct Secret: Error { let text = "password" }
  let status = Status(ending: Secret())
  #expect(status.code == .internalError)
  #expect(!status.description.contains("password"))
  #expect(status.cause is Secret)
  #expect(Status(ending: CancellationError()).code == .cancelled)
}

@Test func aViolationCanBePutUnderALargerField() {
  let violation = FieldViolation(field: "plate", value: "", reason: "R", "说明", "d")
  #expect(violation.under("records[3]").field == "records[3].plate")
}

@Test func aRetryDelaySurvivesTheWire() throws {
  let status = Status(.unavailable, english: "busy").reason("BUSY").retry(after: .milliseconds(1500))
  let back = try #require(Status(status.reply(messageBytesMax: 1 << 20), limits: .standard))
  #expect(back.retryDelay(limits: .standard) == .milliseconds(1500))
  #expect(back.reason(limits: .standard) == "BUSY")
  #expect(Status(.unavailable, english: "busy").retryDelay(limits: .standard) == nil)
  let negative = Status(.unavailable, english: "").retry(after: .seconds(-3))
  #expect(negative.retryDelay(limits: .standard) == .zero)
}
