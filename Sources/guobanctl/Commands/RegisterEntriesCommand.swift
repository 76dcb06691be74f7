internal import ArgumentParser
internal import GuobanClient
internal import GuobanMessages
internal import GuobanModel

struct RegisterEntriesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entries", abstract: say("列出一本台账的条目。", "List a register's entries."),
    discussion: say(
      """
      例：
        guobanctl register entries resumption --filter 'region = "430500"'
        guobanctl register entries support \\
          --filter 'kind = "留抵退税" AND amount_fen > 10000000' --limit 20
      筛选里金额以分计（…_fen），小数以百万分之一计（…_e6）；显示时换算成台账写的单位。
      """,
      """
      Examples:
        guobanctl register entries resumption --filter 'region = "430500"'
        guobanctl register entries support \\
          --filter 'kind = "留抵退税" AND amount_fen > 10000000' --limit 20
      Filters take money in 分 (…_fen) and decimals in millionths (…_e6); both are shown in the register's own unit.
      """))

  @Argument(help: ArgumentHelp(say("台账", "The register's id"), valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp(say("筛选条件，用字段名", "A filter, by the fields' names")))
  var filter = ""

  @Option(help: ArgumentHelp(say("最多几条；0 为全部", "Entries at most; 0 = all"), valueName: "count"))
  var limit = 100

  @OptionGroup var common: CommonOptions

  func run() async throws {
    guard limit >= 0 else { throw Failure.input(say("--limit 不能是负数。", "--limit cannot be negative.")) }
    let (register, entries, more) = try await common.withClient { client in
      let described: Ledger.DescribeRegisterResponse = try await client.call(
        "/guoban.v1.RegisterService/DescribeRegister", Ledger.DescribeRegisterRequest(key: id),
        timeout: common.callTimeout)
      var entries: [Ledger.Entry] = []
      var token = ""
      repeat {
        let page: Ledger.ListEntriesResponse = try await client.call(
          "/guoban.v1.EntryService/ListEntries",
          Ledger.ListEntriesRequest(pageToken: token, filter: filter, register: id), timeout: common.callTimeout)
        entries += page.entries
        token = page.nextPageToken
      } while !token.isEmpty && (limit == 0 || entries.count < limit)
      let shown = limit == 0 ? entries : Array(entries.prefix(limit))
      return (described.register ?? Ledger.Register(), shown, !token.isEmpty || entries.count > shown.count)
    }
    var rows = [
      [say("编号", "ID"), say("区划", "REGION")]
        + register.fields.map { field in
          say(field.title, field.titleEnglish) + (field.unit.isEmpty ? "" : "(\(field.unit))")
        }
    ]
    rows += entries.map { entry in
      [entry.id, entry.region] + register.fields.map { Self.text(of: $0, in: entry) }
    }
    Terminal.print(alignedColumns(rows))
    if more {
      Terminal.complain(say("还有更多，用 --limit 0 全部列出。", "There are more; --limit 0 lists all."))
    }
  }

  /// A value as people read it, in the field's unit.
  private static func text(of field: Ledger.RegisterField, in entry: Ledger.Entry) -> String {
    switch entry.values.first(where: { $0.field == field.name })?.kind {
    case .text(let text): text
    case .boolean(let isSo): isSo ? say("是", "yes") : say("否", "no")
    case .integer(let value) where field.type == .money:
      exactText(value, decimals: (try? MoneyUnit(field.unit))?.powerOfTen ?? 0)
    case .integer(let value): field.type == .decimal ? exactText(value, decimals: 6) : "\(value)"
    case nil: ""
    }
  }
}

/// `value` ÷ 10 to the power of `decimals`, all digits and no more zeros than needed.
func exactText(_ value: Int64, decimals: Int) -> String {
  var digits = String(value.magnitude)
  digits = String(repeating: "0", count: max(decimals + 1 - digits.count, 0)) + digits
  var fraction = digits.suffix(decimals)
  while fraction.last == "0" { fraction.removeLast() }
  return (value < 0 ? "-" : "") + digits.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
}
