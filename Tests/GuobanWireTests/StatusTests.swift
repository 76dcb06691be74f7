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
    FieldViolation(field: "plate", value: "豫A12345O", reason: "PLATE_FORMAT", description: "no letter O in a plate"),
    FieldViolation(field: "tonnes", value: "-1", reason: "RANGE", description: "must not be negative"),
  ]).reason("BAD_PASS", ["number": "410900000001"])
  let reply = try RPC.Reply(packed: status.reply(messageBytesMax: 1 << 20).packed(), limits: .standard)
  let back = try #require(Status(reply, limits: .standard))
  #expect(back == status)
  #expect(back.message == "plate \"豫A12345O\": no letter O in a plate (and 1 more)")
  #expect(back.violations(limits: .standard).map(\.field) == ["plate", "tonnes"])
  #expect(back.violations(limits: .standard).first?.reason == "PLATE_FORMAT")
  #expect(back.reason(limits: .standard) == "BAD_PASS")
}

@Test func anOKReplyIsNoStatus() {
  #expect(Status(RPC.Reply(message: [1]), limits: .standard) == nil)
}

@Test func aStatusAlwaysFitsItsFrame() {
  let status = Status(.notFound, String(repeating: "过", count: 100_000)).reason(
    "X", ["k": String(repeating: "v", count: 9000)])
  let reply = status.reply(messageBytesMax: 10_000)
  #expect(reply.statusMessage.utf8.count <= Status.messageBytesMax)
  #expect(reply.statusMessage.hasPrefix("过过") && !reply.statusMessage.contains("\u{FFFD}"))
  #expect(reply.details.isEmpty)
}

/// One character of a megabyte: whoever looks for its ends in each of its places is never done.
@Test func aCharacterWithoutEndIsCutAsWell() throws {
  let endless = "1" + String(repeating: "\u{301}", count: 500_000)
  let reply = Status(.notFound, endless).reply(messageBytesMax: 1 << 20)
  #expect(reply.statusMessage.utf8.count <= Status.messageBytesMax && reply.statusMessage.utf8.count > 8000)
  let named = Status.invalidArgument(violations: [
    FieldViolation(field: "number", value: endless, reason: "R", description: "twelve digits")
  ])
  #expect(named.message.hasSuffix("…\": twelve digits") && named.message.utf8.count < 200)
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
  let violation = FieldViolation(field: "plate", value: "", reason: "R", description: "d")
  #expect(violation.under("records[3]").field == "records[3].plate")
}

@Test func aRetryDelaySurvivesTheWire() throws {
  let status = Status(.unavailable, "busy").reason("BUSY").retry(after: .milliseconds(1500))
  let back = try #require(Status(status.reply(messageBytesMax: 1 << 20), limits: .standard))
  #expect(back.retryDelay(limits: .standard) == .milliseconds(1500))
  #expect(back.reason(limits: .standard) == "BUSY")
  #expect(Status(.unavailable, "busy").retryDelay(limits: .standard) == nil)
  let negative = Status(.unavailable, "").retry(after: .seconds(-3))
  #expect(negative.retryDelay(limits: .standard) == .zero)
}
